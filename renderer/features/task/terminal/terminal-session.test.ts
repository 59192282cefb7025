import { expect, test, vi } from 'vitest';
import { type OutputFrame, TaskId, ViewerId } from '../../../../preload/contract/index.ts';
import { ClientError, type ConnectionState } from '../../../rpc/index.ts';
import { createTerminalSession, type TerminalStatus } from './terminal-session.ts';

const taskId = TaskId.parse('bg_00c0ffee');
const text = (value: string) => new TextEncoder().encode(value);

/** A host that answers attaches with viewer 1, 2, ... and a terminal whose writes are parsed when the test requests it. */
function setup(overrides: { cols?: number; rows?: number; connected?: boolean } = {}) {
  const requests: { method: string; params: unknown }[] = [];
  const notified: { method: string; params: unknown }[] = [];
  const terminalLog: string[] = [];
  const statuses: TerminalStatus[] = [];
  const outputs = new Map<ViewerId, (frame: OutputFrame) => void>();
  const frames: (() => void)[] = [];
  const writes: (() => void)[] = [];
  let onState: ((state: ConnectionState) => void) | undefined;
  let viewers = 0;
  let refusal: ClientError | undefined;

  const session = createTerminalSession({
    taskId,
    cols: overrides.cols ?? 80,
    rows: overrides.rows ?? 24,
    focused: false,
    client: {
      // One request of the table at a time; the fake answers by name and the session only reads `viewerId`.
      request: (async (method: string, params: unknown) => {
        requests.push({ method, params });
        if (method !== 'task.attach') return {};
        if (refusal !== undefined) throw refusal;
        viewers += 1;
        return { viewerId: ViewerId.parse(viewers) };
      }) as never,
      notify: (method, params) => void notified.push({ method, params }),
      onOutput(viewerId, listener) {
        outputs.set(viewerId, listener);
        return () => void outputs.delete(viewerId);
      },
      onState(listener) {
        onState = listener;
        listener(overrides.connected === false ? { kind: 'connecting' } : { kind: 'ready' });
        return () => {
          onState = undefined;
        };
      },
    },
    terminal: {
      beginReplay: (cols, rows) => void terminalLog.push(`reset ${cols}x${rows}`),
      endReplay: () => void terminalLog.push('replayed'),
      resize: (cols, rows) => void terminalLog.push(`resize ${cols}x${rows}`),
      write(bytes, parsed) {
        terminalLog.push(new TextDecoder().decode(bytes));
        writes.push(parsed);
      },
    },
    nextFrame(run) {
      frames.push(run);
      return () => void frames.splice(frames.indexOf(run), 1);
    },
    onStatus: (status) => void statuses.push(status),
  });

  const deliver = (viewer: number, kind: OutputFrame['kind'], offsetBytes: number, value = '', extra: Partial<OutputFrame> = {}) =>
    outputs.get(ViewerId.parse(viewer))?.({
      t: 'output',
      kind,
      viewerId: ViewerId.parse(viewer),
      offsetBytes,
      cols: 80,
      rows: 24,
      skipped: false,
      bytes: text(value),
      ...extra,
    });
  return {
    session,
    requests,
    notified,
    terminalLog,
    statuses,
    outputs,
    writes,
    frames,
    deliver,
    refuseWith: (error: ClientError | undefined) => {
      refusal = error;
    },
    setState: (state: ConnectionState) => onState?.(state),
    hasStateListener: () => onState !== undefined,
    paint: () => frames.shift()?.(),
    parse: () => writes.shift()?.(),
    acks: () => notified.filter(({ method }) => method === 'task.ack').map(({ params }) => params),
    inputs: () => notified.filter(({ method }) => method === 'task.input').map(({ params }) => params),
  };
}

/** The answers of the fake host arrive in microtasks. */
const settled = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))));

async function attached(overrides?: Parameters<typeof setup>[0]) {
  const view = setup(overrides);
  await settled();
  view.deliver(1, 'replay', 10, 'replayed so', { cols: 100, rows: 30 });
  view.paint();
  view.parse();
  return view;
}

test('an attach sends the size, resets the terminal to the size of the replay, writes it and acks its bytes', async () => {
  const view = await attached();
  expect(view.requests).toEqual([{ method: 'task.attach', params: { taskId, cols: 80, rows: 24, focused: false } }]);
  expect(view.terminalLog).toEqual(['reset 100x30', 'replayed so', 'replayed']);
  expect(view.acks()).toEqual([{ viewerId: 1, parsedBytes: 11 }]);
  expect(view.statuses).toEqual([{ kind: 'attaching' }, { kind: 'live', skipped: false }]);
});

test('the echo of a key is written at once, later output with the next frame', async () => {
  const view = await attached();
  view.session.input('x');
  view.deliver(1, 'data', 10, 'x');
  expect(view.terminalLog.slice(3)).toEqual(['x']);
  view.parse();
  view.deliver(1, 'data', 11, 'more');
  expect(view.terminalLog.slice(4)).toEqual([]);
  view.paint();
  expect(view.terminalLog.slice(4)).toEqual(['more']);
});

test('an echo never overtakes output that waits before it', async () => {
  const view = await attached();
  view.deliver(1, 'data', 10, 'first');
  view.session.input('x');
  view.deliver(1, 'data', 15, 'x');
  expect(view.terminalLog.slice(3)).toEqual([]);
  view.paint();
  expect(view.terminalLog.slice(3)).toEqual(['firstx']);
});

test('chunks of one frame are merged into one write and acked once, cumulatively, when parsed', async () => {
  const view = await attached();
  view.deliver(1, 'data', 10, 'one ');
  view.deliver(1, 'data', 14, 'two');
  expect(view.terminalLog).toHaveLength(3);
  view.paint();
  expect(view.terminalLog.slice(3)).toEqual(['one two']);
  expect(view.acks()).toHaveLength(1);
  view.parse();
  expect(view.acks()[1]).toEqual({ viewerId: 1, parsedBytes: 18 });
});

test('nothing is written while a write is being parsed, and one write is made per frame', async () => {
  const view = await attached();
  view.deliver(1, 'data', 10, 'a');
  view.paint();
  view.deliver(1, 'data', 11, 'b');
  expect(view.frames).toHaveLength(0);
  view.parse();
  expect(view.terminalLog.slice(3)).toEqual(['a']);
  view.paint();
  expect(view.terminalLog.slice(3)).toEqual(['a', 'b']);
});

test('a resize frame takes effect between the data before it and the data after it', async () => {
  const view = await attached();
  view.deliver(1, 'data', 10, 'before');
  view.deliver(1, 'resize', 16, '', { cols: 40, rows: 10 });
  view.deliver(1, 'data', 16, 'after');
  view.paint();
  expect(view.terminalLog.slice(3)).toEqual(['before']);
  view.parse();
  view.paint();
  expect(view.terminalLog.slice(3)).toEqual(['before', 'resize 40x10', 'after']);
});

test('data below the received offset is dropped, data across it is trimmed, and both count as parsed', async () => {
  const view = await attached();
  view.deliver(1, 'data', 4, 'oldold');
  view.deliver(1, 'data', 8, 'xxnew');
  view.paint();
  view.parse();
  expect(view.terminalLog.slice(3)).toEqual(['new']);
  expect(view.acks().at(-1)).toEqual({ viewerId: 1, parsedBytes: 22 });
});

test('data beyond the received offset ends the view and attaches again', async () => {
  const view = await attached();
  view.deliver(1, 'data', 99, 'after a hole');
  await settled();
  expect(view.requests.slice(1).map(({ method }) => method)).toEqual(['task.detach', 'task.attach']);
  expect(view.outputs.has(ViewerId.parse(1))).toBe(false);
  view.deliver(2, 'replay', 111, 'whole again');
  view.paint();
  view.parse();
  expect(view.terminalLog.slice(3)).toEqual(['reset 80x24', 'whole again', 'replayed']);
  expect(view.acks().at(-1)).toEqual({ viewerId: 2, parsedBytes: 11 });
});

test('a replay replaces waiting output, and its ack counts the replaced bytes', async () => {
  const view = await attached();
  view.deliver(1, 'data', 10, 'late');
  view.deliver(1, 'replay', 500, 'fresh', { skipped: true });
  view.paint();
  view.parse();
  expect(view.terminalLog.slice(3)).toEqual(['reset 80x24', 'fresh', 'replayed']);
  expect(view.acks().at(-1)).toEqual({ viewerId: 1, parsedBytes: 20 });
  expect(view.statuses.at(-1)).toEqual({ kind: 'live', skipped: true });
});

test('a write of an earlier view is not acked to the new one', async () => {
  const view = await attached();
  view.deliver(1, 'data', 10, 'slow');
  view.paint();
  view.deliver(1, 'data', 50, 'hole');
  await settled();
  view.parse();
  expect(view.acks()).toEqual([{ viewerId: 1, parsedBytes: 11 }]);
});

test('the view attaches again when the connection is back, without detaching the lost one', async () => {
  const view = await attached();
  view.setState({ kind: 'lost', retryAtMs: 0 });
  view.setState({ kind: 'connecting' });
  expect(view.statuses.at(-1)).toEqual({ kind: 'lost' });
  view.setState({ kind: 'ready' });
  await settled();
  expect(view.requests.map(({ method }) => method)).toEqual(['task.attach', 'task.attach']);
  view.deliver(2, 'replay', 30, 'the same screen');
  view.paint();
  view.parse();
  expect(view.acks().at(-1)).toEqual({ viewerId: 2, parsedBytes: 15 });
});

test('nothing is requested before the connection is ready', async () => {
  const view = setup({ connected: false });
  await settled();
  expect(view.requests).toEqual([]);
  view.setState({ kind: 'ready' });
  expect(view.requests).toHaveLength(1);
});

test('a refused attach is reported with its message', async () => {
  const view = setup({ connected: false });
  view.refuseWith(new ClientError({ code: 'task_unknown', message: 'There is no task bg_00c0ffee.' }));
  view.setState({ kind: 'ready' });
  await settled();
  expect(view.statuses.at(-1)).toEqual({ kind: 'failed', message: 'There is no task bg_00c0ffee.', canRetry: true });
});

test('input is sent only while a view is attached and no replay is being written', async () => {
  const view = setup();
  view.session.input('too early');
  await settled();
  view.deliver(1, 'replay', 3, 'abc');
  view.paint();
  view.session.input('during the replay');
  view.parse();
  view.session.input('y\r');
  expect(view.inputs()).toEqual([{ taskId, data: 'y\r' }]);
});

test('focus reports of xterm are not sent to the program', async () => {
  const view = await attached();
  view.session.input('\x1b[I');
  view.session.input('\x1b[O');
  expect(view.inputs()).toEqual([]);
});

test('a long paste is split into pieces, never inside a character', async () => {
  const view = await attached();
  const paste = `${'x'.repeat(499_999)}😀end`;
  view.session.input(paste);
  const pieces = view.inputs().map((params) => (params as { data: string }).data); // the shape of task.input
  expect(pieces.map((piece) => piece.length)).toEqual([499_999, 5]);
  expect(pieces.join('')).toBe(paste);
});

test('a changed size is sent once and a size of zero never', async () => {
  const view = await attached();
  view.session.setSize(0, 0);
  view.session.setSize(80, 24);
  view.session.setSize(90, 20);
  view.session.setSize(90, 20);
  expect(view.notified.filter(({ method }) => method === 'task.resize')).toEqual([
    { method: 'task.resize', params: { viewerId: 1, cols: 90, rows: 20 } },
  ]);
});

test('size and focus that changed during the attach are sent after it', async () => {
  const view = setup();
  view.session.setSize(50, 12);
  view.session.focus();
  await settled();
  expect(view.notified).toEqual([
    { method: 'task.resize', params: { viewerId: 1, cols: 50, rows: 12 } },
    { method: 'task.focus', params: { viewerId: 1 } },
  ]);
});

test('loading history attaches again and requests that much of the log', async () => {
  const view = await attached();
  view.session.loadHistory(262_144);
  await settled();
  expect(view.requests.slice(1)).toEqual([
    { method: 'task.detach', params: { viewerId: 1 } },
    { method: 'task.attach', params: { taskId, cols: 80, rows: 24, focused: false, historyBytes: 262_144 } },
  ]);
});

test('disposing detaches, unsubscribes and ignores the rest of a write', async () => {
  const view = await attached();
  view.deliver(1, 'data', 10, 'parsing');
  view.paint();
  view.session.dispose();
  view.parse();
  await settled();
  expect(view.requests.at(-1)).toEqual({ method: 'task.detach', params: { viewerId: 1 } });
  expect(view.acks()).toHaveLength(1);
  expect(view.outputs.size).toBe(0);
  expect(view.frames).toHaveLength(0);
  expect(view.hasStateListener()).toBe(false);
});

test('a view whose answer arrives after the dispose is detached', async () => {
  const view = setup();
  view.session.dispose();
  await settled();
  expect(view.requests.at(-1)).toEqual({ method: 'task.detach', params: { viewerId: 1 } });
  expect(view.outputs.size).toBe(0);
});

test('output for a view that was left is dropped until the host has ended the view', async () => {
  const { session, outputs, requests } = setup();
  await vi.waitFor(() => expect(outputs.size).toBe(1));
  session.dispose();
  expect([...outputs.keys()]).toEqual([1]);
  await vi.waitFor(() => expect(outputs.size).toBe(0));
  expect(requests.at(-1)).toEqual({ method: 'task.detach', params: { viewerId: 1 } });
});
