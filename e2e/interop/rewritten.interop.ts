/** Sessions that one program has branched, rewound, summarized, illustrated or delegated have the same history in the other. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startAcp } from './acp-client.ts';
import { ask, scriptOf } from './conversation.ts';
import { openGantry } from './gantry-window.ts';
import { historyOf, joined, prompted, type Said } from './history.ts';
import { QWEN_VERSIONS, run } from './programs.ts';
import type { Answer, SentRequest } from './recording-model.ts';
import { writeEntries } from './settings-cases.ts';
import { chatsOf, createWorld, readSession, sessionIds, type World } from './world.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A Gantry session with three prompts, the first with calls; what the model knows after each. */
async function threeTurns(world: World): Promise<{ id: string; after: readonly (readonly Said[])[] }> {
  world.model.answer = scriptOf(world);
  const after: (readonly Said[])[] = [];
  for (const [index, prompt] of ['read two files', 'say one', 'say two'].entries())
    after.push((await ask('gantry', world, prompt, { isFirst: index === 0 })).after);
  return { id: sessionIds(world)[0] ?? '', after };
}

async function rewind(world: World, id: string, words: string): Promise<void> {
  await using window = await openGantry(world);
  const row = await window.promptRow(id, words);
  const { summary } = await window.open(id);
  await window.engine.sessions.get(summary.id).rewind(row);
}

test.concurrent.each(QWEN_VERSIONS)(
  'what Gantry has rewound is gone for %s too, and later messages continue from there',
  async (version) => {
    await using world = await createWorld();
    const { id, after } = await threeTurns(world);
    await rewind(world, id, 'say two');
    const theirs = await ask(version, world, 'another way');
    expect(theirs.sent).toEqual([...(after[1] ?? []), prompted('PROMPT another way')]);
    const ours = await ask('gantry', world, 'and on');
    expect(ours.sent).toEqual([...theirs.after, prompted('PROMPT and on')]);

    await rewind(world, id, 'read two files');
    expect((await ask(version, world, 'from nothing')).sent).toEqual([prompted('PROMPT from nothing')]);
    expect(sessionIds(world)).toEqual([id]);
  },
);

test.concurrent('what 0.24.4 has rewound is gone for Gantry too', async () => {
  await using world = await createWorld();
  const { id, after } = await threeTurns(world);
  {
    await using theirs = await startAcp('0.24.4', world);
    await theirs.load(id);
    await theirs.request('rewindSession', { sessionId: id, targetTurnIndex: 1 });
  }
  expect(readSession(world, id).map(({ subtype }) => subtype)).toContain('rewind');
  const ours = await ask('gantry', world, 'another way');
  expect(ours.sent).toEqual([...(after[0] ?? []), prompted('PROMPT another way')]);
});

test.concurrent('a rewind as the window of 0.15.10 records it has the same effect in both', async () => {
  await using world = await createWorld();
  const { id, after } = await threeTurns(world);
  const second = readSession(world, id).filter(({ type }) => type === 'user')[1];
  const record = {
    ...{ uuid: crypto.randomUUID(), parentUuid: second?.parentUuid, sessionId: id, timestamp: new Date().toISOString() },
    ...{ type: 'system', subtype: 'rewind', cwd: world.project, version: '0.15.10', systemPayload: { truncatedCount: 4 } },
  };
  writeFileSync(join(chatsOf(world), `${id}.jsonl`), `${JSON.stringify(record)}\n`, { flag: 'a' });
  const ours = await ask('gantry', world, 'another way');
  expect(ours.sent).toEqual([...(after[0] ?? []), prompted('PROMPT another way')]);
  expect((await ask('0.15.10', world, 'and on')).sent).toEqual([...ours.after, prompted('PROMPT and on')]);
});

test.concurrent.each(QWEN_VERSIONS)('%s continues a branch that Gantry has made, and the original is unchanged', async (version) => {
  await using world = await createWorld();
  const { id, after } = await threeTurns(world);
  const before = readSession(world, id);
  let branch = '';
  {
    await using window = await openGantry(world);
    const row = await window.promptRow(id, 'say two');
    const { session } = await window.engine.sessions.branch(window.projectId, (await window.open(id)).summary.id, { beforeItemId: row });
    branch = session.id;
  }
  const theirs = await ask(version, world, 'in the branch', { id: branch });
  expect(theirs.sent).toEqual([...(after[1] ?? []), prompted('PROMPT in the branch')]);
  expect((await ask('gantry', world, 'and on', { id: branch })).sent).toEqual([...theirs.after, prompted('PROMPT and on')]);
  expect(readSession(world, id)).toEqual(before);
});

test.concurrent('Gantry continues a branch that 0.24.4 has made, with its title', async () => {
  await using world = await createWorld();
  const { id, after } = await threeTurns(world);
  const before = world.model.requests.length;
  await run('0.24.4', world, ['-p', 'PROMPT in the branch', '--resume', id, '--fork-session']);
  const sent = world.model.requests.slice(before).map(historyOf)[0] ?? [];
  expect(sent).toEqual([...(after[2] ?? []), prompted('PROMPT in the branch')]);
  const branch = sessionIds(world).find((one) => one !== id) ?? '';
  const ours = await ask('gantry', world, 'and on', { id: branch });
  expect(ours.sent.slice(0, sent.length)).toEqual(sent);
  expect(ours.sent.at(-1)).toEqual(prompted('PROMPT and on'));
});

test.concurrent.each(QWEN_VERSIONS)('a summary by Gantry is the history for %s', async (version) => {
  await using world = await createWorld();
  const { id } = await threeTurns(world);
  const summary = 'Two were read.';
  const script = world.model.answer;
  world.model.answer = () => ({ text: summary, promptTokens: 5000 });
  await run('gantry', world, ['-p', '/compress', '--continue']);
  world.model.answer = script;
  expect(readSession(world, id).filter(({ subtype }) => subtype === 'chat_compression')).toHaveLength(1);
  const ours = await ask('gantry', world, 'what was it');
  expect(ours.sent[0]?.text).toContain(summary);
  expect(JSON.stringify(ours.sent)).not.toContain('PROMPT read two files');
  const theirs = await ask(version, world, 'and then');
  expect(theirs.sent).toEqual([...ours.after, prompted('PROMPT and then')]);
  expect((await ask('gantry', world, 'and on')).sent).toEqual([...theirs.after, prompted('PROMPT and on')]);
});

/** A model that accepts images, in the form that the settings of both use. */
function withPictures(world: World): void {
  writeEntries(world, [{ id: 'qwen-scripted', path: '/v1', generationConfig: { modalities: { image: true } } }]);
  writeFileSync(join(world.project, 'pixel.png'), Buffer.from(PIXEL, 'base64'));
  world.model.answer = scriptOf(world);
}

/** The positions of images among the texts of one prompt are not compared: see docs/qwen-code.md. */
function withPicturesApart(said: readonly Said[]): { readonly texts: readonly Said[]; readonly pictures: readonly string[] } {
  const isPicture = (line: string) => line.startsWith('{"type":"image_url"');
  return {
    texts: said.map((one) => ({
      ...one,
      text: one.text
        .split('\n')
        .filter((line) => !isPicture(line))
        .join('\n'),
    })),
    pictures: said.flatMap(({ text }) => text.split('\n').filter(isPicture)),
  };
}

test.concurrent.each(QWEN_VERSIONS)('an image that Gantry has sent is sent again by %s', async (version) => {
  await using world = await createWorld();
  withPictures(world);
  let id = '';
  {
    await using window = await openGantry(world);
    id = (await window.engine.sessions.create(window.projectId)).summary.id;
    await window.prompt(id, 'PROMPT what is this', [{ name: 'pixel.png', mimeType: 'image/png', data: PIXEL }]);
  }
  const ours = await ask('gantry', world, 'and', { id });
  expect(withPicturesApart(ours.sent).pictures).toEqual([expect.stringContaining(PIXEL)]);
  const theirs = await ask(version, world, 'again', { id });
  expect(theirs.sent).toEqual([...ours.after, prompted('PROMPT again')]);
});

test.concurrent.each(QWEN_VERSIONS)('an image that was given to %s is sent again by Gantry', async (version) => {
  await using world = await createWorld();
  withPictures(world);
  await ask(version, world, 'what is @pixel.png', { isFirst: true });
  const theirs = await ask(version, world, 'and');
  expect(withPicturesApart(theirs.sent).pictures).toHaveLength(1);
  const ours = await ask('gantry', world, 'again');
  expect(withPicturesApart(ours.sent)).toEqual(withPicturesApart([...theirs.after, prompted('PROMPT again')]));
});

test.concurrent.each(QWEN_VERSIONS)('a prompt of Gantry with a file reference is sent again with the file by %s', async (version) => {
  await using world = await createWorld();
  world.model.answer = scriptOf(world);
  const ours = await ask('gantry', world, 'what says @notes.txt', { isFirst: true });
  expect(ours.sent[0]?.text).toContain('one\ntwo');
  const theirs = await ask(version, world, 'and');
  expect(theirs.sent).toEqual([...ours.after, prompted('PROMPT and')]);
  expect((await ask('gantry', world, 'on')).sent).toEqual([...theirs.after, prompted('PROMPT on')]);
});

/** The main agent delegates once; the subagent answers without calls. */
function delegating(world: World): (request: SentRequest) => Answer {
  const plain = scriptOf(world);
  return (request) => {
    const { messages } = request.body;
    const isOther = messages.some(({ role, content }) => role === 'user' && JSON.stringify(content ?? '').includes('SUBTASK'));
    const last = messages.at(-1);
    if (isOther && !messages.some(({ content }) => JSON.stringify(content ?? '').includes('PROMPT delegate')))
      return { text: 'The answer of the other agent.' };
    if (last?.role !== 'user' || !JSON.stringify(last.content).includes('PROMPT delegate')) return plain(request);
    const input = { description: 'look around', prompt: 'SUBTASK look', subagent_type: 'general-purpose', run_in_background: false };
    return { text: 'I delegate it.', calls: [{ id: 'call_agent', name: 'agent', input }] };
  };
}

test.concurrent.each(
  QWEN_VERSIONS.flatMap((version) => [{ first: 'gantry', second: version } as const, { first: version, second: 'gantry' } as const]),
)('what $first has delegated to an agent is one call for $second', async ({ first, second }) => {
  await using world = await createWorld();
  writeEntries(world, [{ id: 'qwen-scripted', path: '/v1' }], { tools: { approvalMode: 'yolo' } }); // 0.24.4 asks before it delegates
  world.model.answer = delegating(world);
  const begun = await ask(first, world, 'delegate it', { isFirst: true });
  expect(begun.after.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  expect(begun.after[2]?.text).toContain('The answer of the other agent.');
  const next = await ask(second, world, 'and on');
  expect(next.sent).toEqual(joined([...begun.after, prompted('PROMPT and on')]));
  expect((await ask(first, world, 'back')).sent).toEqual([...next.after, prompted('PROMPT back')]);
});
