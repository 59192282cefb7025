/** The state after a crash: the files as a kill leaves them, opened by another engine. Kills of real processes: e2e. */
import { cpSync, existsSync, globSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, type ScriptedAnswer, says } from './support/scripted-model.ts';

/** A busy machine is slow. Unit: ms. */

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(...answers: ScriptedAnswer[]): Promise<EngineFixture> {
  return await openEngine({ answers, hostKind: 'desktop' });
}

async function openEngine(options: FixtureOptions): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

/** Restores the state before the normal end. The lease is that of a process that has ended. */
async function crash(fixture: EngineFixture, ...answers: ScriptedAnswer[]): Promise<EngineFixture> {
  const base = dirname(fixture.root);
  const folders = ['.qwen', '.gantry'];
  for (const folder of folders) cpSync(join(base, folder), join(base, 'aside', folder), { recursive: true, preserveTimestamps: true });
  await fixture.engine.close();
  // The normal end removes the output of short foreground commands; a later removal would not be part of a crash.
  const foreground = () =>
    globSync(`${base}/.qwen/tmp/*/background-shells/*/*.raw`).filter((path) => !existsSync(path.replace(/raw$/, 'status')));
  await vi.waitFor(() => expect(foreground()).toEqual([]));
  for (const folder of folders) {
    rmSync(join(base, folder), { recursive: true });
    cpSync(join(base, 'aside', folder), join(base, folder), { recursive: true, preserveTimestamps: true });
  }
  rmSync(join(base, 'aside'), { recursive: true });
  for (const lease of globSync(`${base}/.qwen/projects/*/chats/*.gantry-lease.json`)) rmSync(lease);
  const second = await fixture.second(...answers);
  open.push(second);
  return second;
}

const shell = (id: string, command: string, more: object = {}) => ({ id, name: 'run_shell_command', input: { command, ...more } });
const rowsOf = async (fixture: EngineFixture, id: SessionId) => (await fixture.engine.sessions.open(fixture.project.id, id)).items;

/** The command has printed this line, and its file contains it. */
async function printed(fixture: EngineFixture, line: string): Promise<void> {
  const { task } = await fixture.until('task.changed', (data) => data.task.lastLine === line);
  await vi.waitFor(() => expect(readFileSync(task.outputPath ?? '', 'utf8')).toContain(line));
}

test('after a crash the output of a foreground command is in its row, and the model reads it when the session continues', async () => {
  const command = "printf '\\033[31mone\\033[0m\\ntwo\\n'; sleep 60";
  const fixture = await setUp(calls(shell('c1', command)));
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.engine.sessions.get(id).prompt('go', 'p0');
  await printed(fixture, 'two');

  const [raw = ''] = globSync(`${dirname(fixture.root)}/.qwen/tmp/*/background-shells/*/*.raw`);
  const lastSign = new Date(Date.now() + 60_000); // as the app sets it while the command runs
  utimesSync(raw, lastSign, lastSign);
  const second = await crash(fixture, says('I see'));
  const row = (await rowsOf(second, id)).find((item) => item.kind === 'tool');
  expect(row).toMatchObject({
    status: 'cancelled',
    target: command,
    endedAtMs: lastSign.getTime(),
    display: { kind: 'shell', command, outcome: 'interrupted', output: 'one\ntwo', summary: 'Gantry ended while the command ran' },
  });
  await second.run(id, 'and now?');
  const reported = second.model.requests[0]?.messages.find((message) => message.role === 'tool');
  expect(reported?.results).toMatchObject([{ callId: 'c1', isError: true }]);
  expect(reported?.results[0]?.text).toContain('Gantry ended while the command ran');
  expect(reported?.results[0]?.text).toContain('Output until then:\none\ntwo');

  // It is in the file now, so the row no longer needs the output file.
  await second.engine.close();
  rmSync(join(dirname(second.root), '.qwen', 'tmp'), { recursive: true });
  const third = await second.second();
  open.push(third);
  expect((await rowsOf(third, id)).find((item) => item.kind === 'tool')).toMatchObject({ display: { output: 'one\ntwo' } });
});

test('the output of a user command is in its row after a crash', async () => {
  const fixture = await setUp();
  const id = await newSession(fixture);
  await fixture.engine.sessions.get(id).work.runCommand('echo mine; sleep 60');
  await printed(fixture, 'mine');
  const second = await crash(fixture);
  expect((await rowsOf(second, id)).find((item) => item.kind === 'tool')).toMatchObject({
    name: 'user_shell',
    status: 'cancelled',
    display: { kind: 'shell', output: 'mine', outcome: 'interrupted' },
  });
});

test('a command that had not started when the app ended has no output', async () => {
  const fixture = await setUp(calls(shell('c1', 'echo begun; sleep 60'), shell('c2', 'echo never')));
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.engine.sessions.get(id).prompt('go', 'p0');
  await printed(fixture, 'begun');
  const second = await crash(fixture, says('fine'));
  const rows = (await rowsOf(second, id)).filter((item) => item.kind === 'tool');
  expect(rows.map(({ display }) => display.kind)).toEqual(['shell', 'none']);
  await second.run(id, 'go on');
  expect(JSON.stringify(second.model.requests[0]?.messages)).toContain('Its effect is unknown');
});

test('one row lists the commands that a crash stopped, in their session, until it continues', async () => {
  const fixture = await setUp(
    calls(shell('c1', 'echo serving; sleep 60', { is_background: true })),
    calls(shell('c2', 'echo testing; sleep 60')),
  );
  const other = await newSession(fixture);
  fixture.model.push(says('idle'));
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.engine.sessions.get(id).prompt('go', 'p0');
  await printed(fixture, 'testing');
  const second = await crash(fixture, says('again'));
  const notices = (await rowsOf(second, id)).filter((item) => item.kind === 'notice');
  expect(notices.map(({ content }) => content?.code)).toEqual(['turn_interrupted', 'commands_stopped']);
  expect(notices.map(({ text }) => text)).toEqual([
    'The last turn did not finish.',
    'Gantry ended unexpectedly. 2 commands were stopped: echo serving; sleep 60, echo testing; sleep 60',
  ]);
  expect((await rowsOf(second, id)).filter((item) => item.kind === 'notice')).toHaveLength(2); // opened again
  const { tasks } = await second.engine.sessions.open(second.project.id, id);
  expect(tasks).toMatchObject([{ status: 'interrupted', command: 'echo serving; sleep 60' }]);
  await second.run(id, 'go on');
  const after = (await rowsOf(second, id)).filter((item) => item.kind === 'notice').map(({ text }) => text);
  expect(after).toEqual(['echo serving; sleep 60 ended: stopped when Gantry ended']);
  expect(await second.engine.sessions.open(second.project.id, other).catch(() => 'no file')).toBe('no file');
});

test('a run without a window shows no row about commands that a crash stopped', async () => {
  const fixture = await openEngine({ answers: [calls(shell('c1', 'echo testing; sleep 60'))] });
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.engine.sessions.get(id).prompt('go', 'p0');
  await printed(fixture, 'testing');
  const second = await crash(fixture);
  const rows = await rowsOf(second, id);
  expect(rows.flatMap((item) => (item.kind === 'notice' ? [item.text] : []))).toEqual(['The last turn did not finish.']);
  expect(rows.find((item) => item.kind === 'tool')).toMatchObject({ display: { outcome: 'interrupted' } }); // a window would have the row
});
