import { createHash } from 'node:crypto';
import xtermHeadless from '@xterm/headless';
import type { OutputFrame, TaskId, ViewerId } from '../../preload/contract/index.ts';
import type { Client } from '../../renderer/rpc/client.ts';

export interface Grid {
  readonly size: { readonly cols: number; readonly rows: number };
  readonly text: string;
}

/** A terminal view like that of a window. `eager` acks at once; otherwise it parses nothing until `catchUp`. */
export interface Viewer {
  readonly replays: () => number;
  /** The offset of the first replay, and the offset after the last received byte. */
  readonly fromBytes: () => number;
  readonly toBytes: () => number;
  /** Hash of every data byte since the first replay. */
  readonly hash: () => string;
  /** Resolves when the view has reached this offset. */
  reached(offsetBytes: number): Promise<void>;
  catchUp(): void;
  /** The visible screen of a terminal that has written all its output, and its size. */
  grid(): Promise<Grid>;
  close(): Promise<void>;
}

export async function openViewer(client: Client, taskId: TaskId, options: { eager: boolean }): Promise<Viewer> {
  const { viewerId } = await client.request('task.attach', { taskId, cols: 100, rows: 30, focused: options.eager });
  return watch(client, viewerId, options.eager);
}

function watch(client: Client, viewerId: ViewerId, startsEager: boolean): Viewer {
  let eager = startsEager;
  const sum = createHash('sha256');
  // The screen is computed at the end, so that an eager viewer really acks at once.
  let shown: OutputFrame[] = [];
  let replays = 0;
  let from = -1;
  let at = 0;
  let received = 0;
  const waiting: { offsetBytes: number; resolve: () => void }[] = [];

  function take(frame: OutputFrame): void {
    received += frame.bytes.length;
    if (frame.kind === 'replay') {
      replays += 1;
      if (from < 0) from = frame.offsetBytes;
      shown = [];
      at = frame.offsetBytes;
    } else if (frame.kind === 'data') {
      if (frame.offsetBytes !== at) throw new Error(`viewer ${viewerId}: data at ${frame.offsetBytes}, expected ${at}`);
      sum.update(frame.bytes);
      at += frame.bytes.length;
    }
    shown.push(frame);
    if (eager) client.notify('task.ack', { viewerId, parsedBytes: received });
    for (const one of waiting) if (at >= one.offsetBytes) one.resolve();
  }

  const stop = client.onOutput(viewerId, take);
  return {
    replays: () => replays,
    fromBytes: () => from,
    toBytes: () => at,
    hash: () => sum.copy().digest('hex'),
    reached: (offsetBytes) => (at >= offsetBytes ? Promise.resolve() : new Promise((resolve) => waiting.push({ offsetBytes, resolve }))),
    catchUp() {
      eager = true;
      client.notify('task.ack', { viewerId, parsedBytes: received });
    },
    grid: () => gridAfter(shown),
    async close() {
      stop();
      await client.request('task.detach', { viewerId });
    },
  };
}

type Headless = InstanceType<typeof xtermHeadless.Terminal>;

const openTerminal = (size: Grid['size']): Headless => new xtermHeadless.Terminal({ ...size, scrollback: 2000, allowProposedApi: true });
const write = (terminal: Headless, bytes: Uint8Array) => new Promise<void>((resolve) => terminal.write(bytes, resolve));

async function gridAfter(frames: readonly OutputFrame[]): Promise<Grid> {
  const terminal = openTerminal({ cols: 80, rows: 24 });
  for (const frame of frames) {
    if (frame.kind !== 'data') terminal.resize(frame.cols, frame.rows);
    await write(terminal, frame.bytes);
  }
  return take(terminal);
}

/** The screen of a terminal of that size after all these bytes. */
export async function referenceGrid(bytes: Uint8Array, size: Grid['size']): Promise<Grid> {
  const terminal = openTerminal(size);
  await write(terminal, bytes);
  return take(terminal);
}

function take(terminal: Headless): Grid {
  const buffer = terminal.buffer.active;
  const lines = Array.from({ length: terminal.rows }, (_unused, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '');
  const grid = { size: { cols: terminal.cols, rows: terminal.rows }, text: lines.join('\n') };
  terminal.dispose();
  return grid;
}
