/** The product's only door. */
export type {
  Engine,
  Projects,
  Providers,
  SessionOptions,
  Sessions,
  Settings,
} from './engine-api.ts';
export { EngineError } from './errors.ts';
export { redactText, redactValue } from './lib/redact.ts';
export type {
  BoundedText,
  Clock,
  EnginePaths,
  EnginePorts,
  Environment,
  FileStat,
  Logger,
  ProcessEnd,
  PtyHost,
  PtySpawn,
  PtyUpdate,
  PtyView,
  SecretStore,
  WorkspaceFs,
} from './ports.ts';
export type {
  EndedTask,
  RunningTask,
  StartTask,
  TaskOutcome,
  Tasks,
  TaskView,
} from './task/task-api.ts';
