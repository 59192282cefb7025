/**
 * The messages between the pty host and its owner: plain structured-clone data, bytes as Uint8Array.
 * Owns: message types and the only check of incoming messages. The shapes match the engine's ports member by member, so that
 * the client can pass them through; they are repeated here because the pty host may not import the engine.
 */
import type { OutputFrame, TaskId, TaskNotice, ViewerId } from '../../preload/contract/index.ts';

export interface SpawnRequest {
  readonly taskId: TaskId;
  readonly shell: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly rawPath: string;
  readonly textPath: string;
  readonly screenPath: string;
  readonly cols: number;
  readonly rows: number;
  /** Keys that are replaced in its output. */
  readonly keys?: readonly string[];
  /** Also send its lines, as updates of kind `lines`. */
  readonly lines?: boolean;
}

export interface ViewRequest {
  readonly viewerId: ViewerId;
  readonly taskId: TaskId;
  readonly cols: number;
  readonly rows: number;
  readonly focused: boolean;
  readonly historyBytes?: number;
  readonly rawPath?: string;
}

/** Units: UTF-16 code units in `omittedChars`, bytes elsewhere. */
export interface TextDigest {
  readonly head: string;
  readonly tail: string;
  readonly omittedChars: number;
  readonly totalBytes: number;
  readonly droppedBytes: number;
  readonly isBinary: boolean;
}

export interface ProcessEnding {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly error?: string;
}

export type Backend = 'pty' | 'pipe';

export type TaskUpdate =
  | { readonly kind: 'started'; readonly taskId: TaskId; readonly pid: number; readonly backend: Backend; readonly notice?: TaskNotice }
  | {
      readonly kind: 'progress';
      readonly taskId: TaskId;
      readonly outputBytes: number;
      readonly droppedBytes: number;
      readonly lastLine: string;
      /** Addresses of servers on this machine in the whole output, at most 5. */
      readonly urls?: readonly string[];
      readonly notice?: TaskNotice;
    }
  /** At most 64 KiB a second for each task, gathered for 100 ms; further lines are counted. The last lines come before `ended`. */
  | { readonly kind: 'lines'; readonly taskId: TaskId; readonly lines: readonly string[]; readonly droppedLines: number }
  | {
      readonly kind: 'ended';
      readonly taskId: TaskId;
      readonly end: ProcessEnding;
      readonly outputBytes: number;
      readonly droppedBytes: number;
      readonly lastLine: string;
      /** Addresses of servers on this machine in the whole output, at most 5. */
      readonly urls?: readonly string[];
      readonly text: TextDigest;
    };

export type ToPtyHost =
  | { readonly t: 'spawn'; readonly request: SpawnRequest }
  | { readonly t: 'write'; readonly taskId: TaskId; readonly data: string }
  | { readonly t: 'stop'; readonly taskId: TaskId; readonly force: boolean }
  | { readonly t: 'attach'; readonly view: ViewRequest }
  | { readonly t: 'detach'; readonly viewerId: ViewerId }
  | { readonly t: 'ack'; readonly viewerId: ViewerId; readonly parsedBytes: number }
  | { readonly t: 'resize'; readonly viewerId: ViewerId; readonly cols: number; readonly rows: number }
  | { readonly t: 'focus'; readonly viewerId: ViewerId }
  | { readonly t: 'readText'; readonly requestId: number; readonly taskId: TaskId }
  | { readonly t: 'forget'; readonly taskId: TaskId; readonly deleteFiles: boolean }
  | { readonly t: 'close' };

export type FromPtyHost =
  | { readonly t: 'update'; readonly update: TaskUpdate }
  | { readonly t: 'output'; readonly frame: OutputFrame }
  | { readonly t: 'text'; readonly requestId: number; readonly text: TextDigest }
  /** A process group was created or has no member left; for the watchdog and the ledger. */
  | { readonly t: 'group'; readonly taskId: TaskId; readonly pid: number; readonly alive: boolean }
  | { readonly t: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string; readonly fields: Record<string, unknown> }
  /** Everything is stopped and flushed; the owner may end the process. */
  | { readonly t: 'closed' };

const TO_HOST = ['spawn', 'write', 'stop', 'attach', 'detach', 'ack', 'resize', 'focus', 'readText', 'forget', 'close'];
const FROM_HOST = ['update', 'output', 'text', 'group', 'log', 'closed'];

/** Both ends come from one build, so this refuses only messages of another origin. */
export function isToPtyHost(message: unknown): message is ToPtyHost {
  return hasTag(message, TO_HOST);
}

export function isFromPtyHost(message: unknown): message is FromPtyHost {
  return hasTag(message, FROM_HOST);
}

function hasTag(message: unknown, tags: readonly string[]): boolean {
  return typeof message === 'object' && message !== null && 't' in message && typeof message.t === 'string' && tags.includes(message.t);
}

export const EMPTY_TEXT: TextDigest = { head: '', tail: '', omittedChars: 0, totalBytes: 0, droppedBytes: 0, isBinary: false };
