/** The only entry to the engine. */
import { composeEngine } from './compose-engine.ts';
import type { Engine } from './engine-api.ts';
import type { EnginePorts } from './ports.ts';

/**
 * Creates an engine from what a host supplies.
 * Order: cheap; the first request that needs them opens settings, keys, sessions and the pty host.
 * Ownership: the creator calls `close`, which cancels turns, stops tasks and releases leases, in this order.
 */
export function createEngine(ports: EnginePorts): Engine {
  return composeEngine(ports);
}

export type {
  Engine,
  McpServerSetting,
  Projects,
  RunDefaults,
  Providers,
  SessionAgent,
  SessionHandle,
  SessionOptions,
  Sessions,
  Settings,
  SlashCommands,
  WorkHandle,
} from './engine-api.ts';
export type { Editor, EditorFiles } from './editor-api.ts';
export type { WorkspaceFiles } from './workspace-files-api.ts';
export { type Effort, EFFORTS } from './engine-api.ts';
export type { SessionUse } from './session-list/usage-api.ts';
export type { Permissions } from './permissions-api.ts';
export { EngineError } from './errors.ts';
export { amount } from './lib/amount.ts';
export { describeSandbox, describeWall, type WallState } from './sandbox/index.ts';
export { asFileError, isStorageError, reportableError, writingFile } from './lib/file-errors.ts';
export { redactText, redactValue } from './lib/redact.ts';
export { toApprovalMode } from './lib/written-mode.ts';
export { openRegular, readRegularFile } from './lib/regular-file.ts';
export type {
  BoundedText,
  Clock,
  EnginePaths,
  EnginePorts,
  Environment,
  FileStat,
  Logger,
  ProcessEnd,
  ProcessGroups,
  PtyHost,
  PtySpawn,
  PtyUpdate,
  PtyView,
  SecretStore,
  Survivor,
  SurvivorsPort,
  WorkspaceFs,
} from './ports.ts';
export type { Survivors } from './task/index.ts';
export type {
  EndedTask,
  RunningTask,
  StartTask,
  TaskOutcome,
  Tasks,
  TaskView,
} from './task/task-api.ts';
