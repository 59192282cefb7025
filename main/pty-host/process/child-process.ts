/** The interface that both spawners share: a running command as a stream of bytes with one end. */
import type { Backend, ProcessEnding, SpawnRequest } from '../protocol.ts';

export interface ChildEvents {
  onData(bytes: Uint8Array, stream: 'out' | 'err'): void;
  /** The bytes have ended. Called once, after the last `onData`. */
  onEnd(end: ProcessEnding): void;
}

export interface Child {
  readonly pid: number;
  readonly backend: Backend;
  write(data: string): void;
  resize(cols: number, rows: number): void;
  pause(): void;
  resume(): void;
}

export type Spawner = (request: SpawnRequest, events: ChildEvents) => Child;
