/** One program starts a session, another continues it, and the first takes it back, each time with the same history. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, scriptOf } from './conversation.ts';
import { faultsOf, joined, prompted, type Said } from './history.ts';
import { type ProgramName, QWEN_VERSIONS, run } from './programs.ts';
import { createWorld, readSession, sessionIds } from './world.ts';

const PAIRS = QWEN_VERSIONS.flatMap((version): [ProgramName, ProgramName][] => [
  ['gantry', version],
  [version, 'gantry'],
]);

test.concurrent.each(PAIRS)('%s starts, %s continues with the same history, and both append to one file', async (first, second) => {
  await using world = await createWorld();
  world.model.answer = scriptOf(world);
  let known: readonly Said[] = [];
  const asked: string[] = [];
  const turn = async (program: ProgramName, prompt: string) => {
    const { ended, sent, after } = await ask(program, world, prompt, { isFirst: known.length === 0 });
    expect(sent, `what ${program} sent with "${prompt}"`).toEqual(joined([...known, prompted(`PROMPT ${prompt}`)]));
    expect(faultsOf(sent)).toEqual([]);
    if (!prompt.startsWith('refuse')) expect(ended.code).toBe(0);
    known = after;
    asked.push(`PROMPT ${prompt}`);
  };
  await turn(first, 'read two files');
  await turn(first, 'say something');
  await turn(second, 'go on');
  await turn(second, 'read again');
  await turn(first, 'refuse this');
  await turn(first, 'and now');
  await turn(second, 'refuse that');
  await turn(first, 'the end');
  await turn(second, 'really');

  const [id = '', ...others] = sessionIds(world);
  expect(others).toEqual([]);
  const records = readSession(world, id);
  const prompts = records.filter(({ type, subtype }) => type === 'user' && subtype === undefined);
  expect(prompts.map(({ message }) => message)).toEqual(asked.map((text) => ({ role: 'user', parts: [{ text }] })));
  expect(new Set(records.map(({ version }) => version)).size).toBe(2);
  const uuids = new Set(records.map(({ uuid }) => uuid));
  expect(records.filter(({ parentUuid }, index) => (index === 0 ? parentUuid !== null : !uuids.has(parentUuid ?? '')))).toEqual([]);
});

test.concurrent.each(QWEN_VERSIONS)('a history that %s has compressed continues with the summary', async (version) => {
  await using world = await createWorld();
  world.model.answer = scriptOf(world);
  for (const [index, prompt] of ['read two files', 'say something', 'read again', 'say more'].entries())
    await ask(version, world, prompt, { isFirst: index === 0 });
  const { ended } = await ask(version, world, 'x');
  expect(ended.code).toBe(0);
  await run(version, world, ['-p', '/compress', '--continue']);
  const [id = ''] = sessionIds(world);
  expect(readSession(world, id).filter(({ subtype }) => subtype === 'chat_compression')).toHaveLength(1);

  const ours = await ask('gantry', world, 'what was it');
  expect(JSON.stringify(ours.sent)).toContain('They read two files.');
  expect(ours.sent.at(-1)?.text).toMatch(/PROMPT what was it$/);
  const theirs = await ask(version, world, 'and then');
  expect(theirs.sent).toEqual([...ours.after, prompted('PROMPT and then')]);
});

test.concurrent.each(QWEN_VERSIONS)('a call without a result after a kill is sent with one by Gantry and by %s', async (version) => {
  await using world = await createWorld();
  world.model.answer = scriptOf(world);
  await ask('gantry', world, 'read two files', { isFirst: true });
  const [id = ''] = sessionIds(world);
  const records = readSession(world, id);
  const firstResult = records.findIndex(({ type }) => type === 'tool_result');
  const path = join(world.home, '.qwen/projects', world.project.replace(/[^A-Za-z0-9]/g, '-'), 'chats', `${id}.jsonl`);
  writeFileSync(
    path,
    `${records
      .slice(0, firstResult + 1)
      .map((record) => JSON.stringify(record))
      .join('\n')}\n{"uuid":"torn`,
  );

  const { sent, after } = await ask('gantry', world, 'go on');
  const results = sent.filter(({ role }) => role === 'tool');
  expect(results.map(({ text }) => text)).toEqual(['one\ntwo', expect.stringContaining('Interrupted')]);
  const theirs = await ask(version, world, 'and then');
  expect(theirs.sent).toEqual([...after, prompted('PROMPT and then')]);
});
