/**
 * Each program finds the sessions of the other: in its list, as the latest one, by id; and neither takes a session that is
 * held.
 */
import { spawn } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SessionId } from '../../preload/contract/index.ts';
import { startDaemon } from './daemon.ts';
import { openGantry } from './gantry-window.ts';
import { QWEN_VERSIONS, run } from './programs.ts';
import { chatsOf, createWorld, readSession, sessionIds, type World } from './world.ts';

interface Listed {
  readonly id: string;
  readonly title: string;
}

async function listOf(world: World): Promise<readonly Listed[]> {
  const { out } = await run('gantry', world, ['sessions', 'list', '--json']);
  return out
    .trimEnd()
    .split('\n')
    .map((line): Listed => JSON.parse(line))
    .map(({ id, title }) => ({ id, title }));
}

test.concurrent.each(QWEN_VERSIONS)('sessions of Gantry and of %s are listed together and resumed by id', async (version) => {
  await using world = await createWorld();
  await run(version, world, ['-p', 'Their first question']);
  const [theirs = ''] = sessionIds(world);
  await run('gantry', world, ['-p', 'Our own question']);
  const ours = sessionIds(world).find((id) => id !== theirs) ?? '';
  expect(await listOf(world)).toEqual([
    { id: ours, title: 'Our own question' },
    { id: theirs, title: 'Their first question' },
  ]);

  // The latest is Gantry's, and the other is found by its id.
  await run(version, world, ['-p', 'for the latest', '--continue']);
  await run(version, world, ['-p', 'for the older', '--resume', theirs]);
  await run('gantry', world, ['-p', 'and from us', '--resume', theirs]);
  const promptsOf = (id: string) => readSession(world, id).filter(({ type }) => type === 'user').length;
  expect([promptsOf(ours), promptsOf(theirs)]).toEqual([2, 3]);
  expect(sessionIds(world)).toHaveLength(2);

  // A change by the other program moves a session to the top of the list.
  utimesSync(join(chatsOf(world), `${ours}.jsonl`), new Date(), new Date(Date.now() + 60_000));
  expect((await listOf(world)).map(({ id }) => id)).toEqual([ours, theirs]);
});

test.concurrent("a title that Qwen Code wrote is shown here, and Gantry's files do not disturb its list", async () => {
  await using world = await createWorld();
  await run('0.24.4', world, ['-p', 'A question']);
  const [id = ''] = sessionIds(world);
  const records = readSession(world, id);
  const titled = {
    ...{ uuid: crypto.randomUUID(), parentUuid: records.at(-1)?.uuid, sessionId: id, timestamp: new Date().toISOString() },
    ...{ type: 'system', subtype: 'custom_title', cwd: world.project, version: '0.24.4' },
    systemPayload: { customTitle: 'A name of its own', titleSource: 'manual' },
  };
  writeFileSync(join(chatsOf(world), `${id}.jsonl`), `${JSON.stringify(titled)}\n`, { flag: 'a' });
  await run('gantry', world, ['-p', 'more', '--continue']);
  expect(await listOf(world)).toEqual([{ id, title: 'A name of its own' }]);
  const theirs = await run('0.24.4', world, ['sessions', 'list', '--json']);
  expect(theirs.out).toContain(id);
  expect(theirs.out).toContain('A name of its own');
  // Files that Gantry keeps beside the sessions are removed when it ends.
  expect(readdirSync(chatsOf(world)).filter((name) => name.includes('lease'))).toEqual([]);
});

test.concurrent('a session that a live Qwen Code has open is not taken, and one of a dead one is', async () => {
  await using world = await createWorld();
  await run('0.24.4', world, ['-p', 'A question']);
  const [id = ''] = sessionIds(world);
  const sidecar = join(chatsOf(world), `${id}.runtime.json`);
  const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    writeFileSync(sidecar, JSON.stringify({ pid: holder.pid, sessionId: id }));
    const refused = await run('gantry', world, ['-p', 'me too', '--resume', id]);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(new RegExp(`${holder.pid}`));
    expect(readSession(world, id).filter(({ type }) => type === 'user')).toHaveLength(1);
  } finally {
    const gone = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
  }
  expect(await run('gantry', world, ['-p', 'me too', '--resume', id])).toMatchObject({ code: 0, out: 'Noted.\n' });
});

test.concurrent('sessions that 0.24.4 has pinned or archived are so in Gantry, and vice versa', async () => {
  await using world = await createWorld();
  await run('gantry', world, ['-p', 'The first']);
  const [first = ''] = sessionIds(world);
  await run('gantry', world, ['-p', 'The second']);
  const second = sessionIds(world).find((id) => id !== first) ?? '';
  await using theirs = await startDaemon(world);
  await using ours = await openGantry(world);
  const { sessions } = ours.engine;
  const listed = async (archived: boolean) => (await sessions.page(ours.projectId, { archived })).sessions.map(({ id }) => String(id));
  const pinned = async () => ((await sessions.page(ours.projectId, {})).pinned ?? []).map(({ id }) => String(id));

  await theirs.pin(first, true);
  await theirs.archive(second);
  expect([await pinned(), await listed(false), await listed(true)]).toEqual([[first], [first], [second]]);

  await sessions.unarchive(ours.projectId, SessionId.parse(second));
  await sessions.pin(ours.projectId, SessionId.parse(second), true);
  await sessions.pin(ours.projectId, SessionId.parse(first), false);
  expect(await theirs.pinned()).toEqual([second]);
  await sessions.archive(ours.projectId, SessionId.parse(first));
  expect([await theirs.list('active'), await theirs.list('archived')]).toEqual([[second], [first]]);
  await theirs.unarchive(first);
  expect((await listed(false)).sort()).toEqual([first, second].sort());
});
