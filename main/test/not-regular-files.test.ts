/** A FIFO or a folder where a file is expected: nothing waits for it, and the error names it. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SessionId } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const FIFO = SessionId.parse('11111111-1111-4111-8111-111111111111');
const FOLDER = SessionId.parse('22222222-2222-4222-8222-222222222222');

const open: EngineFixture[] = [];
const pipes: string[] = [];
afterEach(async () => {
  for (const path of pipes.splice(0)) releaseReaders(path);
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

/** A reader that waits for a writer would keep this process alive. */
function releaseReaders(path: string): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // ENXIO: it has no reader
  }
}

function makePipe(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('mkfifo', [path]);
  pipes.push(path);
}

test('a session file that is a FIFO or a folder is an error when it is named, and is skipped in lists', async () => {
  const fixture = await createEngineFixture({ answers: [says('a needle')] });
  open.push(fixture);
  const good = await newSession(fixture);
  await fixture.run(good, 'Hello');
  makePipe(fixture.sessionFile(FIFO));
  mkdirSync(fixture.sessionFile(FOLDER));
  const other = await fixture.second();
  open.push(other);
  const { engine, project } = other;
  for (const [id, kind] of [[FIFO, 'a named pipe'] as const, [FOLDER, 'a folder'] as const]) {
    const refusal = {
      code: 'file_unreadable',
      message: expect.stringContaining(`${fixture.sessionFile(id)} is not a regular file but ${kind}.`),
    };
    await expect(engine.sessions.open(project.id, id)).rejects.toMatchObject(refusal);
    await expect(engine.sessions.export(project.id, id, 'markdown')).rejects.toMatchObject(refusal);
    await expect(engine.sessions.inspect(project.id, id)).rejects.toMatchObject(refusal);
    await expect(engine.sessions.branch(project.id, id)).rejects.toMatchObject(refusal);
  }
  expect((await engine.sessions.list(project.id)).map(({ id }) => id)).toEqual([good]);
  const found = await engine.sessions.search({ projectId: project.id, query: 'needle' });
  expect([found.hits.map(({ sessionId }) => sessionId), found.totalSessions]).toEqual([[good], 1]);
});

test('FIFOs in place of settings, memory, skills, commands, agents and keys delay nothing', async () => {
  const fixture = await createEngineFixture();
  open.push(fixture);
  const home = dirname(fixture.root);
  const names = ['settings.json', '.env', 'QWEN.md', 'skills/a/SKILL.md', 'commands/a.md', 'commands/b.toml', 'agents/a.md'];
  for (const folder of [home, fixture.root]) for (const name of names) makePipe(join(folder, '.qwen', name));
  for (const name of ['.env', '.mcp.json', 'QWEN.md', 'AGENTS.md', '.gitignore', '.qwenignore', '.git/HEAD', 'pipe'])
    makePipe(join(fixture.root, name));
  makePipe(join(home, '.gantry', 'recent.json'));
  const read = { id: 'call-1', name: 'read_file', input: { file_path: join(fixture.root, 'pipe') } };
  const second = await fixture.second(calls(read), says('done'));
  open.push(second);
  const id = await newSession(second);
  expect(await second.run(id, 'Look at @pipe')).toMatchObject({ end: 'completed' });
  const items = await second.items(id);
  expect(items.find(({ kind }) => kind === 'tool')).toMatchObject({
    status: 'error',
    error: expect.stringContaining('not a regular file'),
  });
  const { problems } = await second.engine.settings.describe(second.project.id);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('is not a regular file but a named pipe'),
    expect.stringContaining('is not a regular file but a named pipe'),
  ]);
});

test('FIFOs beside a session file delay nothing: the mark of Qwen Code and queued prompts are skipped, the lease is named', async () => {
  const fixture = await createEngineFixture({ answers: [says('first')] });
  open.push(fixture);
  const id = await newSession(fixture);
  await fixture.run(id, 'Hello');
  await fixture.engine.close();
  const base = fixture.sessionFile(id).replace(/\.jsonl$/, '');
  makePipe(`${base}.runtime.json`);
  makePipe(join(dirname(fixture.root), '.gantry', 'queued', id, '000000000000001-11111111-1111-4111-8111-111111111111.json'));
  const second = await fixture.second(says('second'));
  open.push(second);
  const { engine, project } = second;
  await engine.sessions.open(project.id, id);
  expect(await second.run(id, 'Go on')).toMatchObject({ end: 'completed' });
  await second.engine.close();
  makePipe(`${base}.gantry-lease.json`);
  const third = await fixture.second(says('third'));
  open.push(third);
  expect((await third.engine.sessions.list(third.project.id)).map((session) => session.id)).toEqual([id]);
  await expect(third.engine.sessions.open(third.project.id, id)).rejects.toMatchObject({
    code: 'file_unreadable',
    message: expect.stringContaining(`${base}.gantry-lease.json is not a regular file but a named pipe.`),
  });
});
