import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { PromptAttachment, TranscriptItem } from '../../preload/contract/index.ts';
import type { StreamEvent } from '../engine/provider/provider.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
const SHOT: PromptAttachment = { name: 'shot.png', mimeType: 'image/png', data: PNG.toString('base64') };
const FILES = { 'src/a.ts': 'const a = 1;', '.env': 'KEY=top-secret' };
const SENT = 'Explain @src/a.ts\n[Files named in this message]\n\n--- src/a.ts ---\nconst a = 1;';

test('the model reads the named file, the row and the title show the typed text, and the record has both', async () => {
  const fixture = await setUp({ answers: [says('ok'), says('ok')], files: FILES });
  const id = await newSession(fixture);
  await fixture.run(id, 'Explain @src/a.ts');
  expect(fixture.model.requests[0]?.messages).toEqual([{ role: 'user', text: SENT }]);
  expect((await fixture.items(id))[0]).toMatchObject({ kind: 'user', text: 'Explain @src/a.ts' });
  expect(fixture.records(id)).toContainEqual(
    expect.objectContaining({
      type: 'user',
      message: { role: 'user', parts: [{ text: 'Explain @src/a.ts' }, { text: SENT.split('\n').slice(1).join('\n') }] },
      systemPayload: { displayText: 'Explain @src/a.ts' },
    }),
  );
  const later = await fixture.second(says('again'));
  open.push(later);
  await fixture.engine.sessions.close(id);
  const [summary] = (await later.engine.sessions.page(later.project.id, {})).sessions;
  expect(summary?.title).toBe('Explain @src/a.ts');
  const snapshot = await later.engine.sessions.open(later.project.id, id);
  expect(snapshot.items[0]).toMatchObject({ kind: 'user', text: 'Explain @src/a.ts' });
  expect(snapshot.summary.title).toBe('Explain @src/a.ts');
  await later.run(id, 'and now?');
  expect(later.model.requests[0]?.messages[0]).toEqual({ role: 'user', text: SENT }); // the same bytes as before, so the cached prefix stays valid
});

test('a named file counts as read, so that it can be edited at once', async () => {
  const edit = { id: 'c1', name: 'edit', input: { file_path: 'src/a.ts', old_string: 'a = 1', new_string: 'a = 2' } };
  const fixture = await setUp({ answers: [calls(edit), says('done')], files: FILES });
  const id = await newSession(fixture, { mode: 'auto-edit' });
  await fixture.run(id, 'Change @src/a.ts');
  expect((await fixture.items(id)).find((item) => item.kind === 'tool')).toMatchObject({ name: 'edit', status: 'success' });
});

test('changes belong to the prompt, even if a row about an unread file follows it', async () => {
  const edit = { id: 'c1', name: 'edit', input: { file_path: 'src/a.ts', old_string: 'a = 1', new_string: 'a = 2' } };
  const fixture = await setUp({ answers: [calls(edit), says('done')], files: FILES });
  const id = await newSession(fixture, { mode: 'auto-edit' });
  await fixture.run(id, 'Change @src/a.ts as @.env has it');
  const prompt = (await fixture.items(id)).find((item) => item.kind === 'user');
  expect((await fixture.engine.sessions.get(id).changes.list()).turns).toMatchObject([{ itemId: prompt?.id }]);
});

test('a secret file is not read, and the user and the model are informed', async () => {
  const fixture = await setUp({ answers: [says('ok')], files: FILES });
  const id = await newSession(fixture);
  await fixture.run(id, 'What is in @.env?');
  const sent = JSON.stringify(fixture.model.requests[0]?.messages);
  expect(sent).not.toContain('top-secret');
  expect(sent).toContain('@.env was not read');
  expect((await fixture.items(id))[1]).toMatchObject({
    kind: 'notice',
    level: 'warning',
    text: expect.stringContaining('@.env was not read'),
    content: { code: 'files_unread', files: [{ path: '.env', cause: { code: 'denied' } }] },
  });
});

test('an attachment is sent to the model as media, shown in the row, and read back from the file', async () => {
  const fixture = await setUp({ answers: [says('a picture')] });
  const id = await newSession(fixture);
  await fixture.engine.sessions.get(id).prompt('What is this?', 'l1', { attachments: [SHOT] });
  await fixture.until('turn.ended');
  expect(fixture.model.requests[0]?.messages).toEqual([{ role: 'user', text: 'What is this?', media: [SHOT] }]);
  const later = await fixture.second();
  open.push(later);
  await fixture.engine.sessions.close(id);
  for (const each of [fixture, later]) {
    const row = (await each.items(id))[0] as TranscriptItem; // present: compared below
    expect(row).toMatchObject({ kind: 'user', attachments: [{ name: 'shot.png', mimeType: 'image/png', sizeBytes: expect.any(Number) }] });
    expect(await each.engine.sessions.get(id).readAttachment(row.id, 0)).toEqual({ mimeType: 'image/png', data: SHOT.data });
    await expect(each.engine.sessions.get(id).readAttachment(row.id, 1)).rejects.toMatchObject({ code: 'item_unknown' });
  }
});

test('an attachment of a wrong type or size is refused before anything is written; so is an empty prompt', async () => {
  const fixture = await setUp({ answers: [] });
  const id = await newSession(fixture);
  const send = (attachments: readonly PromptAttachment[]) => fixture.engine.sessions.get(id).prompt('', 'l1', { attachments });
  await expect(send([{ ...SHOT, mimeType: 'application/pdf' }])).rejects.toMatchObject({
    code: 'bad_params',
    message: expect.stringContaining('shot.png'),
  });
  const large = { ...SHOT, data: Buffer.concat([PNG, Buffer.alloc(3 * 1024 * 1024)]).toString('base64') };
  await expect(send([large, large])).rejects.toMatchObject({ message: expect.stringContaining('5 MB') });
  await expect(send([])).rejects.toMatchObject({ code: 'bad_params' });
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).items).toEqual([]);
});

test('a session that begins with a large image is listed with the typed text', async () => {
  const fixture = await setUp({ answers: [says('ok')] });
  const id = await newSession(fixture);
  const data = Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]).toString('base64');
  await fixture.engine.sessions.get(id).prompt('A large one', 'l1', { attachments: [{ ...SHOT, data }] });
  await fixture.until('turn.ended');
  await fixture.engine.sessions.close(id);
  const later = await fixture.second();
  open.push(later);
  const { sessions } = await later.engine.sessions.page(later.project.id, {});
  expect(sessions.map(({ title }) => title)).toEqual(['A large one']);
  expect((await later.items(id))[0]).toMatchObject({ kind: 'user', text: 'A large one' });
});

test('a prompt that steers has its files and images too, and is queued with their names', async () => {
  const fixture = await setUp({ answers: [], files: FILES });
  const id = await newSession(fixture);
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const list = calls({ id: 'c1', name: 'list_directory', input: { path: '.' } });
  fixture.model.push(async function* waiting() {
    await gate;
    yield* list as readonly StreamEvent[];
  }, says('ok'));
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.started');
  await fixture.engine.sessions.get(id).prompt('mind @src/a.ts', 'l2', { delivery: 'steer', attachments: [SHOT] });
  const queued = (await fixture.engine.sessions.open(fixture.project.id, id)).queue;
  expect(queued).toMatchObject([{ text: 'mind @src/a.ts', attachments: [{ name: 'shot.png' }] }]);
  release();
  await turn;
  expect(fixture.model.requests[1]?.messages.at(-1)).toEqual({ role: 'user', text: SENT.replace('Explain', 'mind'), media: [SHOT] });
});

test('files are found by a few letters, without ignored ones', async () => {
  const fixture = await setUp({ files: { ...FILES, '.gitignore': 'dist/', 'dist/a.ts': '', 'docs/guide.md': '' } });
  const find = (query: string) => fixture.engine.projects.findFiles(fixture.project.id, query, 5);
  expect(await find('a.ts')).toEqual({ paths: ['src/a.ts'], isWhole: true });
  expect((await find('')).paths).toEqual(['docs/', 'src/', '.env', '.gitignore']);
  writeFileSync(join(fixture.root, 'docs', 'new.md'), '');
  expect((await find('gui')).paths).toEqual(['docs/guide.md']);
});
