import { expect, test } from 'vitest';
import { createManualClock } from './support/manual-clock.ts';
import { createNodeFs } from '../local/node-fs.ts';
import type { RipgrepRunner } from '../engine/tool/search/ripgrep.ts';
import { createPathLists } from '../engine/mention/path-lists.ts';

/** The n-th list has the file `n.ts` in a folder. */
function setUp(end: Awaited<ReturnType<RipgrepRunner>> = { kind: 'done', exitCode: 0, stderr: '', tooLongRecords: 0 }) {
  const clock = createManualClock();
  let made = 0;
  const ripgrep: RipgrepRunner = async ({ onRecord }) => {
    made += 1;
    onRecord(`./src/${made}.ts`);
    return end;
  };
  const lists = createPathLists(clock, ripgrep);
  const search = { root: '/p', fs: createNodeFs(), childEnv: async () => ({}) };
  const list = async (options?: { fresh: boolean }) => (await lists.list(search, options)).entries.map(({ path }) => path);
  return { clock, lists, search, list, made: () => made };
}

test('a list is kept for three seconds, then renewed in the background after each answer', async () => {
  const { clock, list, made } = setUp();
  expect(await list()).toEqual(['src/', 'src/1.ts']);
  clock.advance(3_000);
  expect([await list(), made()]).toEqual([['src/', 'src/1.ts'], 1]);
  for (const next of [2, 3]) {
    clock.advance(3_001);
    expect(await list()).toEqual(['src/', `src/${next - 1}.ts`]);
    await expect.poll(() => list()).toEqual(['src/', `src/${next}.ts`]);
    expect(made()).toBe(next);
  }
});

test('a requested fresh list is made at once', async () => {
  const { list } = setUp();
  await list();
  expect(await list({ fresh: true })).toEqual(['src/', 'src/2.ts']);
});

test('a list is dropped a minute after its last use', async () => {
  const { clock, list, made } = setUp();
  await list();
  clock.advance(40_000);
  await list();
  await expect.poll(() => list()).toEqual(['src/', 'src/2.ts']);
  clock.advance(40_000);
  expect(await list()).toEqual(['src/', 'src/2.ts']);
  await expect.poll(made).toBe(3);
  expect(clock.pending()).toBe(1);
  clock.advance(60_000);
  expect(clock.pending()).toBe(0);
});

test('an incomplete list says so', async () => {
  const { lists, search } = setUp({ kind: 'failed', message: 'no ripgrep' });
  expect(await lists.list(search)).toMatchObject({ isWhole: false });
});
