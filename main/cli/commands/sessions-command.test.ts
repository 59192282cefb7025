import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '../../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from '../../test/support/engine-fixture.ts';
import { says } from '../../test/support/scripted-model.ts';
import { parseCommandLine } from '../args/args.ts';
import { runSessions } from './sessions-command.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

/** A folder with two sessions, and `gantry sessions ...` in it. */
async function setUp() {
  const fixture = await createEngineFixture({ answers: [says('a needle here'), says('nothing')] });
  open.push(fixture);
  const talk = async (prompt: string): Promise<SessionId> => {
    const id = await newSession(fixture);
    await fixture.run(id, prompt);
    return id;
  };
  const [one, two] = [await talk('First session'), await talk('Second session')];
  const run = async (...argv: string[]) => {
    const args = parseCommandLine(['sessions', ...argv]);
    if (args.kind !== 'sessions') throw new Error(`not understood: ${JSON.stringify(args)}`);
    let out = '';
    const said: string[] = [];
    const code = await runSessions(args, {
      engine: fixture.engine,
      cwd: fixture.root,
      write: (text) => void (out += text),
      say: (line) => void said.push(line),
      signal: new AbortController().signal,
    });
    return { code, out, said };
  };
  return { fixture, one, two, run };
}

test('a session is found by a part of its title, exported, deleted and restored', async () => {
  const { fixture, one, two, run } = await setUp();
  const [line, more] = (await run('list', '--json')).out.split('\n');
  const fields = { sessionId: two, id: two, prompt: 'Second session', title: 'Second session', customTitle: null, cwd: fixture.root };
  expect(JSON.parse(line ?? '')).toMatchObject({ ...fields, filePath: fixture.sessionFile(two) });
  expect(JSON.parse(line ?? '').startTime).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(JSON.parse(more ?? '')).toMatchObject({ sessionId: one });
  expect((await run('list', '--json', '--limit', '1')).out.trimEnd().split('\n')).toHaveLength(1);
  const markdown = await run('export', 'first');
  expect([markdown.code, markdown.out]).toEqual([0, expect.stringContaining('# First session\n')]);
  expect(markdown.out).toContain('a needle here');
  const file = join(fixture.root, 'out.html');
  expect(await run('export', one.slice(0, 8), '-o', file)).toEqual({ code: 0, out: '', said: [`Exported to ${file}.`] });
  expect(readFileSync(file, 'utf8')).toContain('<title>First session</title>');
  expect(await run('export', 'first', '-o', file)).toMatchObject({ code: 42, said: [expect.stringContaining('exists already')] });
  expect(await run('delete', one)).toMatchObject({ code: 0, out: expect.stringContaining(`gantry sessions restore ${one}`) });
  expect((await run('list')).out).not.toContain(one);
  expect(await run('restore', 'First session')).toEqual({ code: 0, out: `"First session" is back: ${one}\n`, said: [] });
  expect((await run('list')).out).toContain(one);
});

test('a session is archived, listed as archived, and unarchived', async () => {
  const { run, one } = await setUp();
  expect(await run('list', '--archived')).toEqual({ code: 0, out: '', said: ['This folder has no archived session.'] });
  expect(await run('archive', 'first')).toEqual({ code: 0, out: expect.stringContaining(`gantry sessions unarchive ${one}`), said: [] });
  expect([(await run('list')).out.includes(one), (await run('list', '--archived')).out.includes(one)]).toEqual([false, true]);
  expect(await run('archive', 'first')).toMatchObject({ code: 1 });
  expect(await run('unarchive', 'first')).toEqual({ code: 0, out: `"First session" is back: ${one}\n`, said: [] });
  expect(await run('unarchive', 'first')).toMatchObject({ code: 1, said: ['This folder has no archived session.'] });
});

test('a search prints session and location, with --json one object per line, and exits with 1 without hits', async () => {
  const { one, run } = await setUp();
  const found = await run('search', 'NEEDLE');
  expect([found.code, found.out.split('\n').slice(1)]).toEqual([0, ['    assistant: a needle here', '']]);
  expect(JSON.parse((await run('search', 'needle', '--json', '--all')).out)).toMatchObject({ sessionId: one, role: 'assistant' });
  expect(await run('search', 'no', 'such', 'words')).toEqual({ code: 1, out: '', said: ['Nothing was found for "no such words".'] });
});

test('an inspection names unreadable records and exits with 1', async () => {
  const { fixture, one, run } = await setUp();
  expect(await run('inspect', one)).toMatchObject({ code: 0, out: expect.stringContaining(' 0 problems\n') });
  appendFileSync(fixture.sessionFile(one), '{"torn');
  const { code, out } = await run('inspect', one);
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/ 1 problem\nLine \d+, the last one, is truncated \(6 bytes\); it is skipped\.\n$/),
  ]);
});

test('a missing session is reported on standard error, as an object with --json', async () => {
  const { run } = await setUp();
  expect(await run('delete', 'third')).toMatchObject({ code: 1, out: '', said: [expect.stringContaining('"third"')] });
  const { said } = await run('delete', 'third', '--json');
  expect(JSON.parse(said[0] ?? '')).toMatchObject({ error: { type: 'session_unknown', code: 1 } });
  expect(await run('restore', 'x')).toMatchObject({ code: 1, said: ['The trash of this folder is empty.'] });
});

test.each([
  [['list', 'x'], 'Usage: gantry sessions list'],
  [['delete'], 'Usage: gantry sessions delete'],
  [['list', '--all'], '--all cannot be used here. Usage: gantry sessions list'],
  [['export', 'x', '--format', 'pdf'], '--format must be one of markdown, html, json, jsonl, not "pdf".'],
  [['list', '--limit', '0'], '--limit must be at least 1.'],
])('%j is refused', (argv, message) => {
  expect(parseCommandLine(['sessions', ...argv])).toMatchObject({ kind: 'refused', message: expect.stringContaining(message) });
});

test.each([
  ['page.htm', 'html'],
  ['data.JSON', 'json'],
  ['lines.jsonl', 'jsonl'],
  ['notes.txt', 'markdown'],
])('the extension of %s selects the format %s', (output, format) => {
  expect(parseCommandLine(['sessions', 'export', 'x', '-o', output])).toMatchObject({ format });
});

test('a folder in place of a session file is reported as a folder', async () => {
  const { fixture, run } = await setUp();
  const id = '33333333-3333-4333-8333-333333333333' as SessionId;
  mkdirSync(fixture.sessionFile(id));
  for (const action of ['export', 'inspect', 'delete'])
    expect(await run(action, id)).toMatchObject({ out: '', said: [expect.stringContaining('is not a regular file but a folder')] });
  expect((await run('list')).out).not.toContain(id);
});
