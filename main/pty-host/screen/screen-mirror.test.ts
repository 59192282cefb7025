import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLoad } from '../load.ts';
import { RECORDED } from '../testing/recorded.fixture.ts';
import { gridOf, newViewer } from '../testing/grid.ts';
import { createVtBoundary } from '../terminal/vt-boundary.ts';
import { type Block, REBUILD_BYTES, ScreenMirror, type Snapshot, STOP_BEHIND_BYTES, withoutHazards } from './screen-mirror.ts';

const COLS = 60;
const RED = `${1 << 24}:1:0:-1:000000000`;
const ROWS = 16;

/** Feeds a mirror as a task does: output cut at the boundary, in blocks with their open sequence. */
function createFed(load = createLoad(() => 0)) {
  const boundary = createVtBoundary();
  let published = 0;
  const whole: Uint8Array[] = [];
  const mirror = new ScreenMirror({
    cols: COLS,
    rows: ROWS,
    load,
    source: {
      publishedBytes: () => published,
      async readTail(maxBytes) {
        const all = Buffer.concat(whole).subarray(0, published);
        const from = Math.max(0, all.length - maxBytes);
        return { bytes: all.subarray(from === 0 ? 0 : all.indexOf(0x0a, from) + 1), skipped: from > 0, open: boundary.open };
      },
    },
  });
  const publish = (bytes: Uint8Array) => {
    const block: Block = { offset: published, bytes, open: boundary.open };
    published += bytes.length;
    if (bytes.length > 0) mirror.feed(block);
  };
  return {
    mirror,
    push(bytes: Uint8Array) {
      whole.push(bytes);
      load.add(bytes.length);
      publish(boundary.push(bytes).bytes);
    },
    silence: () => publish(boundary.flush('silence').bytes),
    published: () => published,
  };
}

async function show(...parts: Uint8Array[]) {
  const terminal = newViewer(COLS, ROWS);
  for (const part of parts) await new Promise<void>((done) => terminal.write(part, done));
  return gridOf(terminal);
}

async function snapshotOf(mirror: ScreenMirror, offset: number): Promise<Snapshot> {
  const snapshot = await mirror.snapshot(offset);
  if (snapshot === undefined) throw new Error('the mirror was disposed');
  return snapshot;
}

for (const [name, stream] of Object.entries(RECORDED)) {
  test(`BT-8: attached anywhere in ${name}, a viewer sees the same grid, then and after more bytes`, async () => {
    const bytes = Buffer.from(stream, 'utf8');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.nat(600), fc.boolean(), async (at, more, isCutBySilence) => {
        const fed = createFed();
        fed.push(bytes.subarray(0, at));
        if (isCutBySilence) fed.silence();
        const snapshot = await snapshotOf(fed.mirror, fed.published());
        expect(snapshot.offsetBytes).toBe(fed.published());
        const seen = withoutHazards(bytes.subarray(0, at)).subarray(0, snapshot.offsetBytes);
        const next = bytes.subarray(snapshot.offsetBytes, at + more);
        expect(await show(snapshot.bytes)).toEqual(await show(seen));
        expect(await show(snapshot.bytes, next)).toEqual(await show(seen, next));
        fed.mirror.dispose();
      }),
      { numRuns: 60 },
    );
  });
}

test('a mirror that is too far behind without a waiting caller stops, and is rebuilt from the end of the raw log', async () => {
  const fed = createFed();
  const line = Buffer.from(`${'x'.repeat(50)}\r\n`);
  const chunk = Buffer.concat(Array.from({ length: 2000 }, () => line));
  for (let sent = 0; sent < STOP_BEHIND_BYTES + REBUILD_BYTES; sent += chunk.length) fed.push(chunk);
  expect(fed.mirror.isWarm).toBe(false);
  fed.push(Buffer.from('\x1b[31mthe end'));
  const snapshot = await snapshotOf(fed.mirror, fed.published());
  expect(snapshot).toMatchObject({ offsetBytes: fed.published(), skipped: true });
  expect((await show(snapshot.bytes)).lines.at(-1)).toBe([...'the end'].map((char) => `{${RED}|${char}}`).join(''));
  fed.mirror.dispose();
});

test('snapshots requested at one moment share one result, and a disposed mirror returns undefined', async () => {
  const fed = createFed();
  fed.push(Buffer.from('hello'));
  const [first, second] = await Promise.all([snapshotOf(fed.mirror, 5), snapshotOf(fed.mirror, 5)]);
  expect(first).toBe(second);
  fed.mirror.dispose();
  expect(await fed.mirror.snapshot(5)).toBe(undefined);
});

test('a snapshot says that older lines exist as soon as the mirror has dropped one, and not before', async () => {
  const fed = createFed();
  const lines = (from: number, to: number) => Buffer.from(Array.from({ length: to - from }, (_unused, at) => `${from + at}\r\n`).join(''));
  fed.push(lines(0, 2000));
  expect((await snapshotOf(fed.mirror, fed.published())).skipped).toBe(false);
  fed.push(lines(2000, 2100));
  expect((await snapshotOf(fed.mirror, fed.published())).skipped).toBe(true);
  fed.mirror.dispose();
});

test('in a flood no mirror is created, and all mirrors together hold no more than the limit of one', () => {
  const load = createLoad(() => 0);
  const fed = Array.from({ length: 12 }, () => createFed(load));
  const chunk = Buffer.alloc(512 * 1024, 'x');
  for (let i = 0; i < 4; i++) for (const one of fed) one.push(chunk);
  expect(load.behindBytes).toBeLessThanOrEqual(STOP_BEHIND_BYTES);
  expect(fed.some(({ mirror }) => mirror.isWarm)).toBe(false);
  for (const { mirror } of fed) mirror.dispose();
  expect(load.behindBytes).toBe(0);
});

test('a failed rebuild rejects the request, and the next request tries again', async () => {
  let reads = 0;
  const readTail = async () => {
    reads += 1;
    if (reads === 1) throw new Error('too many open files');
    return { bytes: Buffer.from('here'), skipped: true, open: new Uint8Array(0) };
  };
  const size = STOP_BEHIND_BYTES + 1;
  const mirror = new ScreenMirror({ cols: COLS, rows: ROWS, load: createLoad(() => 0), source: { publishedBytes: () => size, readTail } });
  mirror.feed({ offset: 0, bytes: new Uint8Array(size), open: new Uint8Array(0) });
  await expect(mirror.snapshot(size)).rejects.toThrow('too many open files');
  expect(Buffer.from((await snapshotOf(mirror, size)).bytes).toString()).toContain('here');
  mirror.dispose();
});
