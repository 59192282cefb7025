/** Shared by the tests of tools: a context on a real folder with the real file system, and scripted tasks. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ItemId, SessionId, TaskId, type TaskSummary, type ToolDisplay } from '../../../preload/contract/index.ts';
import { createNodeFs } from '../../local/node-fs.ts';
import type { BoundedText } from '../../engine/ports.ts';
import type { StartTask, TaskOutcome, Tasks } from '../../engine/task/index.ts';
import type { ReadState, Todo, ToolContext } from '../../engine/tool/tool.ts';

export interface TestWorkspace {
  readonly root: string;
  readonly context: ToolContext;
  /** Everything passed to `progress`, in order. */
  readonly progress: ToolDisplay[];
  readonly path: (...names: string[]) => string;
  readonly remove: () => Promise<void>;
}

export async function makeWorkspace(overrides: Partial<ToolContext> = {}): Promise<TestWorkspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'gantry-tool-')));
  const progress: ToolDisplay[] = [];
  const reads = new Map<string, ReadState>();
  let todos: readonly Todo[] = [];
  const quiet = () => undefined;
  const context: ToolContext = {
    sessionId: SessionId.parse('session-1'),
    toolCallId: ItemId.parse('call-1'),
    root,
    extraFolders: [],
    fs: createNodeFs(),
    tasks: fakeTasks({}),
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    reads: { record: (path, state) => void reads.set(path, state), get: (path) => reads.get(path) },
    todos: { get: () => todos, set: (next) => void (todos = next) },
    childEnv: async () => ({ PATH: '/usr/bin:/bin', HOME: root, MARK: 'ours' }),
    shellOutputDir: join(root, '.out'),
    toolOutputDir: join(root, '.out'),
    nowMs: () => 1_000_000,
    progress: (display) => void progress.push(display),
    canAsk: false,
    ask: async () => ({ kind: 'unattended' }),
    mode: { get: () => 'default', set: async () => undefined, beforePlan: () => undefined },
    memory: async () => ({ globalFolder: join(root, '.qwen'), fileName: 'QWEN.md' }),
    changes: { before: async () => undefined, wrote: async () => undefined },
    ...overrides,
  };
  return { root, context, progress, path: (...names) => join(root, ...names), remove: () => rm(root, { recursive: true, force: true }) };
}

export const never = new AbortController().signal;

export function makeTask(overrides: Partial<TaskSummary> = {}): TaskSummary {
  return {
    id: TaskId.parse('bg_00000001'),
    sessionId: SessionId.parse('session-1'),
    command: 'make all',
    cwd: '/project',
    pid: 4711,
    placement: 'foreground',
    wasBackground: false,
    status: 'completed',
    startedAtMs: 900_000,
    endedAtMs: 950_000,
    exitCode: 0,
    outputPath: '/out/shell-bg_00000001.output',
    outputBytes: 5,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
    ...overrides,
  };
}

/** `undefined` removes a field, which `exactOptionalPropertyTypes` does not let an override do. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  const copy = { ...value };
  for (const key of keys) delete copy[key];
  return copy;
}

export function makeText(head: string, overrides: Partial<BoundedText> = {}): BoundedText {
  return { head, tail: '', omittedChars: 0, totalBytes: head.length, droppedBytes: 0, isBinary: false, ...overrides };
}

export interface TaskScript {
  readonly outcome?: Promise<TaskOutcome>;
  readonly tasks?: readonly TaskSummary[];
  readonly text?: BoundedText;
  readonly started?: StartTask[];
  readonly stopped?: { taskId: string; options: { force: boolean; by: string } }[];
  readonly stop?: (taskId: TaskId) => TaskSummary;
}

/** Follows the script and refuses calls that no tool should make. */
export function fakeTasks(script: TaskScript): Tasks {
  const known = script.tasks ?? [];
  const unexpected = (): never => {
    throw new Error('a tool must not call this');
  };
  return {
    start(request) {
      script.started?.push(request);
      if (script.outcome === undefined) return unexpected();
      return { id: TaskId.parse('bg_00000001'), outcome: script.outcome };
    },
    get: (taskId) => known.find((task) => task.id === taskId),
    list: () => known,
    stop(taskId, options) {
      script.stopped?.push({ taskId, options });
      return script.stop?.(taskId) ?? unexpected();
    },
    readText: async () => script.text ?? unexpected(),
    promote: unexpected,
    outputPath: unexpected,
    readOutput: unexpected,
    clearEnded: unexpected,
    write: unexpected,
    attach: unexpected,
    detach: unexpected,
    ack: unexpected,
    resize: unexpected,
    focus: unexpected,
    takeEndedNotices: unexpected,
    takeMonitorNotices: unexpected,
    monitorUpdates: unexpected,
    closeSession: unexpected,
    close: unexpected,
  };
}
