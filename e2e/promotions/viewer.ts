import { createHash } from 'node:crypto';
import xtermHeadless from '@xterm/headless';
import type { OutputFrame, TaskId, ViewerId } from '../../preload/contract/index.ts';
import type { Client } from '../../renderer/rpc/client.ts';

/** A terminal view as a window has one. `eager` acks at once; otherwise it parses nothing until `catchUp`. */
export interface Viewer {
  readonly replays: () => number;
  /** Offset the first replay stands at, and the offset after the last byte seen. */
  readonly fromBytes: () => number;
  readonly toBytes: () => number;
  /** Hash of every data byte since the first replay. */
  readonly hash: () => string;
  /** Resolves when the view stands at this offset. */
  reached(offsetBytes: number): Promise<void>;
  catchUp(): void;
  grid(): Promise<string>;
  close(): Promise<void>;
}

export async function openViewer(client: Client, taskId: TaskId, options: { eager: boolean }): Promise<Viewer> {
  const { viewerId } = await client.request('task.attach', { taskId, cols: 100, rows: 30, focused: options.eager });
  return watch(client, viewerId, options.eager);
}

function watch(client: Client, viewerId: ViewerId, startsEager: boolean): Viewer {
  let eager = startsEager;
  const sum = createHash('sha256');
  const terminal = new xtermHeadless.Terminal({ cols: 100, rows: 30, scrollback: 2000, allowProposedApi: true });
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
      terminal.reset();
      terminal.resize(frame.cols, frame.rows);
      terminal.write(frame.bytes);
      at = frame.offsetBytes;
    } else if (frame.kind === 'data') {
      if (frame.offsetBytes !== at) throw new Error(`viewer ${viewerId}: data at ${frame.offsetBytes}, expected ${at}`);
      sum.update(frame.bytes);
      terminal.write(frame.bytes);
      at += frame.bytes.length;
    } else terminal.resize(frame.cols, frame.rows);
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
    grid: () => gridOf(terminal),
    async close() {
      stop();
      terminal.dispose();
      await client.request('task.detach', { viewerId });
    },
  };
}

/** The visible screen, once everything written has been parsed. */
async function gridOf(terminal: InstanceType<typeof xtermHeadless.Terminal>): Promise<string> {
  await new Promise<void>((resolve) => terminal.write('', resolve));
  const buffer = terminal.buffer.active;
  return Array.from({ length: terminal.rows }, (_unused, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').join(
    '\n',
  );
}

/** What a terminal of that size shows after all these bytes. */
export async function referenceGrid(bytes: Uint8Array, size: { cols: number; rows: number }): Promise<string> {
  const terminal = new xtermHeadless.Terminal({ ...size, scrollback: 2000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(bytes, resolve));
  const grid = await gridOf(terminal);
  terminal.dispose();
  return grid;
}
