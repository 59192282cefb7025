import { chmod, mkdir, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defined, ItemId } from '../../../preload/contract/index.ts';
import { makeWorkspace, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import { openCheckpointFiles } from './checkpoint-files.ts';
import { readJournal } from './checkpoint-journal.ts';
import { type Checkpoints, createCheckpoints } from './checkpoints.ts';

let base: string;
let workspace: TestWorkspace;
let ids = 0;
const path = (name: string) => join(base, 'work', name);
const store = () => join(base, 'kept', 'session');

beforeEach(async () => {
  workspace = await makeWorkspace();
  base = workspace.root;
  await mkdir(join(base, 'work'));
});
afterEach(() => workspace.remove());

function open(maxBytes?: number): Checkpoints {
  return createCheckpoints({
    files: openCheckpointFiles(store(), { nowMs: () => Date.now(), ...defined({ maxBytes }) }),
    fs: workspace.context.fs,
    logger: workspace.context.logger,
    shownPath: (full) => relative(join(base, 'work'), full),
    nowMs: () => 9000,
    newId: () => `undo-${(ids += 1)}`,
  });
}

/** Changes a file like a tool. */
async function change(points: Checkpoints, name: string, text: string): Promise<void> {
  await points.before(path(name));
  await writeFile(path(name), text);
  await points.wrote(path(name), Buffer.from(text));
}

const begin = (points: Checkpoints, id: string, atMs = 1) => points.beginTurn({ id, title: `do ${id}`, atMs, itemId: ItemId.parse(id) });
const content = (name: string) => readFile(path(name), 'utf8').catch(() => undefined);

/** Two turns: the first edits a and creates b, the second edits a again. */
async function twoTurns(): Promise<Checkpoints> {
  const points = open();
  await writeFile(path('a'), 'a0\n');
  begin(points, 't1', 1000);
  await change(points, 'a', 'a1\n');
  await change(points, 'b', 'b1\n');
  await change(points, 'a', 'a1+\n');
  begin(points, 't2', 2000);
  await change(points, 'a', 'a2\n');
  return points;
}

test('the changes are listed by turn and in total, also after a restart', async () => {
  await twoTurns();
  const { turns, files } = await open().list();
  expect(turns.map(({ id, kind, title, atMs, itemId }) => ({ id, kind, title, atMs, itemId }))).toEqual([
    { id: 't1', kind: 'turn', title: 'do t1', atMs: 1000, itemId: 't1' },
    { id: 't2', kind: 'turn', title: 'do t2', atMs: 2000, itemId: 't2' },
  ]);
  expect(turns[0]?.files.map(({ shown, change: how, state, canUndo }) => [shown, how, state, canUndo])).toEqual([
    ['a', 'edited', 'touched', true],
    ['b', 'created', 'changed', true],
  ]);
  expect(files.map(({ shown, state }) => [shown, state])).toEqual([
    ['a', 'changed'],
    ['b', 'changed'],
  ]);
});

test('a diff compares the state before the turn, or the session, with the current one', async () => {
  const points = await twoTurns();
  expect(await points.diff({ path: path('a') })).toMatchObject({ kind: 'diff', path: 'a', patch: expect.stringContaining('-a0\n+a2') });
  expect(await points.diff({ path: path('a'), turnId: 't2' })).toMatchObject({ patch: expect.stringContaining('-a1+\n+a2') });
  expect(await points.diff({ path: path('b') })).toMatchObject({ isNewFile: true, added: 1 });
  await expect(points.diff({ path: path('c') })).rejects.toMatchObject({ code: 'file_not_found' });
  await expect(points.diff({ path: path('b'), turnId: 'nope' })).rejects.toMatchObject({ code: 'file_not_found' });
});

test('all changes are undone, and the undo can be undone', async () => {
  const points = await twoTurns();
  expect(await points.undo({}, 'refuse')).toEqual({ undone: [path('a'), path('b')], problems: [] });
  expect([await content('a'), await content('b')]).toEqual(['a0\n', undefined]);
  const { turns } = await points.list();
  expect(turns.at(-1)).toMatchObject({ kind: 'undo', files: [{ state: 'changed' }, { state: 'changed' }] });
  await points.undo({ turnId: turns.at(-1)?.id }, 'refuse');
  expect([await content('a'), await content('b')]).toEqual(['a2\n', 'b1\n']);
});

test('the last turn alone, or one file alone, can be undone', async () => {
  const points = await twoTurns();
  expect((await points.undo({ turnId: 't2' }, 'refuse')).undone).toEqual([path('a')]);
  expect(await content('a')).toBe('a1+\n');
  await points.undo({ path: path('b') }, 'refuse');
  expect([await content('a'), await content('b')]).toEqual(['a1+\n', undefined]);
});

test('files changed since are refused as a whole, skipped, or overwritten', async () => {
  const points = await twoTurns();
  await writeFile(path('a'), 'mine\n');
  expect(await points.undo({}, 'refuse')).toMatchObject({ undone: [], problems: [{ shown: 'a', why: 'touched' }] });
  expect([await content('a'), await content('b')]).toEqual(['mine\n', 'b1\n']);
  expect(await points.undo({}, 'leave')).toMatchObject({ undone: [path('b')], problems: [{ shown: 'a', why: 'touched' }] });
  expect([await content('a'), await content('b')]).toEqual(['mine\n', undefined]);
  expect((await points.undo({ path: path('a') }, 'overwrite')).problems).toEqual([]);
  expect(await content('a')).toBe('a0\n');
});

test('a file of an earlier turn that a later turn has changed counts as changed since', async () => {
  const points = await twoTurns();
  expect((await points.undo({ turnId: 't1' }, 'refuse')).problems).toMatchObject([{ shown: 'a', why: 'touched' }]);
});

test('going back to a prompt undoes its turn and later ones', async () => {
  const points = await twoTurns();
  await points.undoFrom({ itemId: 't2', atMs: 2001 }, 'leave'); // its record is newer than its turn
  expect(await content('a')).toBe('a1+\n');
  await points.undoFrom({ itemId: 'without-changes', atMs: 1001 }, 'leave');
  expect([await content('a'), await content('b')]).toEqual(['a1+\n', 'b1\n']);
  await points.undoFrom({ itemId: 'without-changes', atMs: 1000 }, 'leave');
  expect([await content('a'), await content('b')]).toEqual(['a0\n', undefined]);
});

test('the first state before a change and the last state after it count', () => {
  const state = (hash: string) => ({ kind: 'file', hash: hash.repeat(64), sizeBytes: 1, kept: true });
  const line = (kind: string, hash: string) => ({ line: kind, turn: 't', path: 'a', state: state(hash) });
  const lines = [
    { line: 'turn', id: 't', kind: 'turn', title: '', atMs: 1 },
    line('before', '1'),
    line('after', '2'),
    line('before', '3'),
    line('after', '4'),
  ];
  const [turn] = readJournal(lines.map((each) => JSON.stringify(each)).join('\n'));
  expect(turn?.changes.get('a')).toEqual({ path: 'a', before: state('1'), after: state('4') });
});

test('a change whose write never happened does not count, also beside other changes of its turn', async () => {
  const points = open();
  await writeFile(path('a'), 'x');
  begin(points, 't1');
  await points.before(path('a'));
  expect(await points.list()).toEqual({ turns: [], files: [] });
  await change(points, 'b', 'b1');
  expect((await points.list()).files.map(({ shown }) => shown)).toEqual(['b']);
  await writeFile(path('a'), 'mine');
  expect(await points.undo({}, 'overwrite')).toEqual({ undone: [path('b')], problems: [] });
  expect(await content('a')).toBe('mine');
});

test('an undo is named after its turn, with the name cut; later writes belong to no turn', async () => {
  const points = open();
  await writeFile(path('a'), 'a0');
  points.beginTurn({ id: 't1', title: ` ${'long '.repeat(50)}`, atMs: 1 });
  await change(points, 'a', 'a1');
  await points.undo({ turnId: 't1' }, 'refuse');
  await change(points, 'a', 'later');
  const { turns } = await points.list();
  const title = 'long '.repeat(24);
  expect(turns.map(({ kind, title: said }) => [kind, said])).toEqual([
    ['turn', title],
    ['undo', `Undo: ${title}`.slice(0, 120)],
  ]);
  expect(turns[1]?.files).toMatchObject([{ state: 'touched' }]);
});

test('an unchanged file is left alone, and a file that has grown too large is not compared', async () => {
  const points = await twoTurns();
  await writeFile(path('a'), 'a0\n');
  expect(await points.undo({}, 'refuse')).toEqual({ undone: [path('b')], problems: [] });
  await truncate(path('a'), 10 * 1024 * 1024 + 1);
  expect(await points.diff({ path: path('a') })).toEqual({ kind: 'text', text: 'The file is now too large to compare.' });
});

test('work after an undo is a new change, independent of the undo', async () => {
  const points = await twoTurns();
  await points.undo({}, 'refuse');
  begin(points, 't3', 9500);
  await change(points, 'a', 'a3\n');
  await points.undo({ turnId: 't3' }, 'refuse');
  expect(await content('a')).toBe('a0\n');
});

test('saved states are private, and equal ones are stored once', async () => {
  const points = open();
  await writeFile(path('a'), 'same');
  await writeFile(path('b'), 'same');
  begin(points, 't1');
  await change(points, 'a', '1');
  await change(points, 'b', '2');
  const objects = await readdir(join(store(), 'objects'));
  expect(objects).toHaveLength(1);
  const modes = await Promise.all(
    [store(), join(store(), 'journal.jsonl'), join(store(), 'objects', objects[0] ?? '')].map((file) => stat(file)),
  );
  if (process.platform !== 'win32') expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600']);
});

test('a file that is too large, or exceeds the storage limit, is recorded and cannot be undone', async () => {
  const points = open(10);
  await writeFile(path('a'), 'x'.repeat(100));
  await writeFile(path('huge'), Buffer.alloc(11 * 1024 * 1024));
  begin(points, 't1');
  await change(points, 'a', '1');
  await change(points, 'huge', '1');
  const { files } = await points.list();
  expect(files.map(({ canUndo, note }) => [canUndo, note])).toEqual([
    [false, 'The storage limit of the session was reached.'],
    [false, expect.stringContaining('too large to save')],
  ]);
  expect((await points.undo({}, 'overwrite')).problems.map(({ why }) => why)).toEqual(['not_kept', 'not_kept']);
  expect(await points.diff({ path: path('a') })).toMatchObject({ kind: 'text' });
});

test('the storage limit covers all files of the session, including those of an earlier run', async () => {
  const points = open(10);
  for (const name of ['a', 'b', 'c']) await writeFile(path(name), name.repeat(6));
  begin(points, 't1');
  await change(points, 'a', '1');
  await change(points, 'b', '1');
  const later = open(10);
  begin(later, 't2');
  await change(later, 'c', '1');
  expect((await later.list()).files.map(({ shown, canUndo }) => [shown, canUndo])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false],
  ]);
});

test('any bytes are restored exactly', async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 128]);
  const points = open();
  await writeFile(path('a'), bytes);
  begin(points, 't1');
  await change(points, 'a', 'text');
  expect(await points.diff({ path: path('a') })).toEqual({ kind: 'text', text: 'The file is not text.' });
  await points.undo({}, 'refuse');
  expect(await readFile(path('a'))).toEqual(bytes);
});

test('a path that now points to another file is not written', async () => {
  const points = await twoTurns();
  await writeFile(path('outside'), 'precious');
  await rm(path('a'));
  await symlink(path('outside'), path('a'));
  expect((await points.undo({ path: path('a') }, 'overwrite')).problems).toMatchObject([{ why: 'moved' }]);
  expect(await content('outside')).toBe('precious');
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a file that cannot be written is reported, and the others are undone',
  async () => {
    const points = await twoTurns();
    await chmod(path('a'), 0o400);
    const outcome = await points.undo({}, 'refuse');
    expect(outcome).toMatchObject({ undone: [path('b')], problems: [{ shown: 'a', why: 'failed' }] });
  },
);

test('a truncated or foreign line affects no other line', async () => {
  await twoTurns();
  const journal = await readFile(join(store(), 'journal.jsonl'), 'utf8');
  const whole = readJournal(journal);
  expect(
    readJournal(`{"line":"turn"\nnonsense\n${journal}\n{"line":"before","turn":"t9","path":"x","state":{"kind":"missing"}}\n{"li`),
  ).toEqual(whole);
  await writeFile(join(store(), 'journal.jsonl'), `${journal}\n{"line":"bef`);
  const points = open();
  begin(points, 't3', 3000);
  await change(points, 'b', 'b3\n');
  expect((await points.list()).turns.map(({ id }) => id)).toEqual(['t1', 't2', 't3']);
});

test('sessions without activity for thirty days lose their saved states', async () => {
  const dayS = 24 * 3600;
  const nowS = Math.floor(Date.now() / 1000);
  for (const [name, days] of [
    ['old', 30],
    ['young', 29],
  ] as const) {
    await mkdir(join(base, 'kept', name), { recursive: true });
    await writeFile(join(base, 'kept', name, 'journal.jsonl'), '');
    await utimes(join(base, 'kept', name, 'journal.jsonl'), nowS, nowS - days * dayS);
  }
  const points = open();
  await writeFile(path('a'), 'a0');
  begin(points, 't1');
  await change(points, 'a', 'a1');
  expect((await readdir(join(base, 'kept'))).sort()).toEqual(['session', 'young']);
});

test('a store that cannot be written does not block a change', async () => {
  await writeFile(join(base, 'kept'), 'a file where the folder should be');
  const points = open();
  begin(points, 't1');
  await change(points, 'a', 'x');
  expect(await content('a')).toBe('x');
});
