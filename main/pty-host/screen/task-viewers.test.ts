import { afterEach, expect, test, vi } from 'vitest';
import { type OutputFrame, ViewerId } from '../../../preload/contract/index.ts';
import { TaskViewers } from './task-viewers.ts';

afterEach(() => void vi.useRealTimers());

const SIZE = { cols: 80, rows: 24 };
const VIEWER = ViewerId.parse(1);
const BLOCK_BYTES = 64 * 1024;

async function setUp(isFlood = false, isPreview = false) {
  const frames: OutputFrame[] = [];
  let published = 0;
  const asked: boolean[] = [];
  const history = async (offset: number) => ({ offsetBytes: offset, ...SIZE, bytes: new Uint8Array(10), skipped: true, isPreview });
  const snapshot = (offset: number, { allowPreview }: { allowPreview: boolean }) => {
    asked.push(allowPreview);
    return history(offset);
  };
  const source = { settle: () => published, snapshot, history, isFlood: () => isFlood };
  const viewers = new TaskViewers(source, (frame) => void frames.push(frame));
  viewers.attach({ viewerId: VIEWER, ...SIZE, focused: true });
  await Promise.resolve();
  await expect.poll(() => frames.length).toBe(1);
  return {
    viewers,
    asked,
    frames,
    publish(blocks: number) {
      for (let i = 0; i < blocks; i += 1) {
        const bytes = new Uint8Array(BLOCK_BYTES).fill(i);
        viewers.publish({ offset: published, bytes, open: new Uint8Array(0) }, SIZE);
        published += BLOCK_BYTES;
      }
    },
    published: () => published,
    ack: () =>
      viewers.ack(
        VIEWER,
        frames.reduce((sum, frame) => sum + frame.bytes.length, 0),
      ),
    shown: () => frames.slice(1).map(({ kind, offsetBytes, cols }) => (kind === 'data' ? offsetBytes : `${kind} ${offsetBytes} ${cols}`)),
  };
}

const offsets = (from: number, to: number) => Array.from({ length: to - from }, (_unused, i) => (from + i) * BLOCK_BYTES);

test('a viewer that missed less than 1 MiB gets the missed output, in order and within its credit, and no replay', async () => {
  const { viewers, publish, ack, shown, published } = await setUp();
  publish(10);
  viewers.resized(published(), { cols: 100, rows: 24 });
  publish(6);
  expect(shown()).toEqual(offsets(0, 5));
  ack();
  expect(shown()).toEqual([...offsets(0, 10), `resize ${10 * BLOCK_BYTES} 100`]);
  ack();
  expect(shown().slice(11)).toEqual(offsets(10, 15));
  publish(1); // after the output that is still missing
  ack();
  expect(shown().slice(11)).toEqual(offsets(10, 17));
  expect(viewers.hasPending).toBe(false);
  viewers.dispose();
});

test('a viewer that missed more gets a fresh replay, and then every byte again', async () => {
  const { viewers, publish, ack, shown } = await setUp();
  publish(5 + 17);
  expect(shown()).toEqual(offsets(0, 5));
  ack();
  await expect.poll(() => shown().length).toBe(6);
  expect(shown().at(-1)).toBe(`replay ${22 * BLOCK_BYTES} 80`);
  publish(1);
  expect(shown().at(-1)).toBe(22 * BLOCK_BYTES);
  viewers.dispose();
});

test('in a flood a replay waits for its turn; at the end of the task it does not', async () => {
  const { viewers, publish, ack, shown } = await setUp(true);
  publish(5 + 17);
  ack();
  expect(shown()).toEqual(offsets(0, 5));
  await viewers.finish();
  expect(shown().at(-1)).toBe(`replay ${22 * BLOCK_BYTES} 80`);
  viewers.dispose();
});

test('no output follows a preview of a flood until the next preview', async () => {
  const { viewers, publish, ack, shown } = await setUp(true, true);
  publish(3);
  expect(shown()).toEqual([]);
  ack();
  await expect.poll(shown).toEqual([`replay ${3 * BLOCK_BYTES} 80`]);
  expect(viewers.hasPending).toBe(true);
  viewers.dispose();
});

test('a preview of a task that prints nothing more is not repeated while another task floods', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { viewers, ack, shown } = await setUp(true, true);
  ack();
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown()).toEqual([]);
  viewers.dispose();
});

test('a viewer that lags again right after a replay gets a preview of the last output, and the whole screen at the end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { viewers, asked, publish, ack, shown } = await setUp();
  for (const replays of [1, 2]) {
    publish(5 + 17);
    ack();
    await vi.advanceTimersByTimeAsync(60);
    expect(shown().filter((frame) => `${frame}`.startsWith('replay'))).toHaveLength(replays);
  }
  publish(5 + 17);
  ack();
  await viewers.finish();
  expect(asked).toEqual([false, true, true, false]);
  viewers.dispose();
});

test('a viewer whose screen cannot be made gets an empty one, and the output that follows', async () => {
  const frames: OutputFrame[] = [];
  const snapshot = () => Promise.reject(new Error('no such file'));
  const viewers = new TaskViewers(
    { settle: () => 7, snapshot, history: snapshot, isFlood: () => false },
    (frame) => void frames.push(frame),
  );
  viewers.attach({ viewerId: VIEWER, ...SIZE, focused: true });
  viewers.publish({ offset: 7, bytes: Buffer.from('next'), open: new Uint8Array(0) }, SIZE);
  await expect.poll(() => frames.length).toBe(2);
  expect(frames).toMatchObject([
    { kind: 'replay', offsetBytes: 7, skipped: true, bytes: new Uint8Array(0), ...SIZE },
    { kind: 'data', offsetBytes: 7 },
  ]);
  expect(viewers.hasPending).toBe(false);
  viewers.dispose();
});

test('output that the screen of a replay already shows is not sent again after it', async () => {
  const frames: OutputFrame[] = [];
  const { promise, resolve } = Promise.withResolvers<{
    offsetBytes: number;
    cols: number;
    rows: number;
    bytes: Uint8Array;
    skipped: boolean;
    isPreview: boolean;
  }>();
  const viewers = new TaskViewers(
    { settle: () => 0, snapshot: () => promise, history: () => promise, isFlood: () => false },
    (frame) => void frames.push(frame),
  );
  viewers.attach({ viewerId: VIEWER, ...SIZE, focused: true });
  for (const offset of [0, 4]) viewers.publish({ offset, bytes: Buffer.from('text'), open: new Uint8Array(0) }, SIZE);
  resolve({ offsetBytes: 4, ...SIZE, bytes: Buffer.from('text'), skipped: false, isPreview: false });
  await expect.poll(() => frames.map(({ kind, offsetBytes }) => `${kind} ${offsetBytes}`)).toEqual(['replay 4', 'data 4']);
  viewers.dispose();
});

test('when the viewer that was focused last leaves, the one focused before it determines the size', async () => {
  const { viewers } = await setUp();
  const second = ViewerId.parse(2);
  viewers.attach({ viewerId: second, cols: 100, rows: 30, focused: true });
  expect(viewers.wantedSize()).toEqual({ cols: 100, rows: 30 });
  viewers.detach(second);
  expect(viewers.wantedSize()).toEqual(SIZE);
  viewers.dispose();
});

test('a resize within missed output is sent in its place', async () => {
  const { viewers, publish, ack, shown, published } = await setUp();
  publish(12);
  viewers.resized(published(), { cols: 100, rows: 24 });
  publish(2);
  ack();
  expect(shown()).toEqual(offsets(0, 10));
  ack();
  expect(shown().slice(10)).toEqual([...offsets(10, 12), `resize ${12 * BLOCK_BYTES} 100`, ...offsets(12, 14)]);
  viewers.dispose();
});

test('several pauses with recovered output do not add up to a skip', async () => {
  const { viewers, publish, ack, shown } = await setUp();
  for (let pause = 0; pause < 3; pause += 1) {
    publish(5 + 8);
    for (let round = 0; round < 4; round += 1) ack(); // 256 KiB each
  }
  expect(shown()).toEqual(offsets(0, 39));
  viewers.dispose();
});

test('when more output than the credit overtakes a replay, another replay follows without an ack', async () => {
  const frames: OutputFrame[] = [];
  const whole = (offsetBytes: number) => ({ offsetBytes, ...SIZE, bytes: new Uint8Array(10), skipped: false, isPreview: false });
  const first = Promise.withResolvers<ReturnType<typeof whole>>();
  let asked = 0;
  const snapshot = (offset: number) => ((asked += 1) === 1 ? first.promise : Promise.resolve(whole(offset)));
  const viewers = new TaskViewers(
    { settle: () => 5 * BLOCK_BYTES, snapshot, history: snapshot, isFlood: () => false },
    (frame) => void frames.push(frame),
  );
  viewers.attach({ viewerId: VIEWER, ...SIZE, focused: true });
  for (let at = 0; at < 5; at += 1)
    viewers.publish({ offset: at * BLOCK_BYTES, bytes: new Uint8Array(BLOCK_BYTES), open: new Uint8Array(0) }, SIZE);
  first.resolve(whole(0));
  await expect
    .poll(() => frames.map(({ kind, offsetBytes }) => `${kind} ${offsetBytes}`))
    .toEqual(['replay 0', `replay ${5 * BLOCK_BYTES}`]);
  viewers.dispose();
});

test('a preview at the end is replaced by the whole screen once no other command floods', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const asked: boolean[] = [];
  let isFlood = true;
  const snapshot = async (offset: number, { allowPreview }: { allowPreview: boolean }) => {
    asked.push(allowPreview);
    return { offsetBytes: offset, ...SIZE, bytes: new Uint8Array(10), skipped: true, isPreview: allowPreview };
  };
  const viewers = new TaskViewers(
    { settle: () => 0, snapshot, history: (offset) => snapshot(offset, { allowPreview: false }), isFlood: () => isFlood },
    () => undefined,
  );
  await viewers.finish();
  viewers.attach({ viewerId: VIEWER, ...SIZE, focused: true });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([true]);
  isFlood = false;
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toEqual([true, false]);
  expect(viewers.hasPending).toBe(false);
  viewers.dispose();
});
test('a viewer that leaves before its screen is made gets nothing', async () => {
  const frames: OutputFrame[] = [];
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<ConstructorParameters<typeof TaskViewers>[0]['snapshot']>>>();
  const viewers = new TaskViewers(
    { settle: () => 0, snapshot: () => promise, history: () => promise, isFlood: () => false },
    (frame) => void frames.push(frame),
  );
  viewers.attach({ viewerId: VIEWER, ...SIZE, focused: true });
  viewers.detach(VIEWER);
  resolve({ offsetBytes: 0, ...SIZE, bytes: new Uint8Array(10), skipped: false, isPreview: false });
  await promise;
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  expect(frames).toEqual([]);
});
