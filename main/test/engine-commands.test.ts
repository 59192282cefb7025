import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

async function fixtureWith(files: Readonly<Record<string, string>>, options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture({ answers: [says('one'), says('two')], ...options, files });
  open.push(fixture);
  return fixture;
}

const lastText = (fixture: EngineFixture) => {
  const message = fixture.model.requests.at(-1)?.messages.at(-1);
  return message?.role === 'user' ? message.text : undefined;
};

test('a command file becomes the prompt; the row and the file keep the typed text', async () => {
  const fixture = await fixtureWith({ '.qwen/commands/git/commit.md': '---\ndescription: Commits\n---\nCommit with: {{args}}' });
  const id = await newSession(fixture);
  await fixture.run(id, '/git:commit fix it');
  expect(lastText(fixture)).toBe('Commit with: fix it');
  expect((await fixture.items(id))[0]).toMatchObject({ kind: 'user', text: '/git:commit fix it' });
  expect(fixture.records(id)[0]).toMatchObject({
    message: { parts: [{ text: 'Commit with: fix it' }] },
    systemPayload: { displayText: '/git:commit fix it' },
  });
  const second = await fixture.second(says('three'));
  open.unshift(second);
  await fixture.engine.close();
  const opened = await second.engine.sessions.open(second.project.id, id);
  expect(opened.items[0]).toMatchObject({ kind: 'user', text: '/git:commit fix it' });
  expect(opened.summary.title).toBe('/git:commit fix it');
  expect((await second.engine.sessions.list(second.project.id))[0]?.title).toBe('/git:commit fix it');
});

test("the project's file hides the user's, an edit takes effect at once, and an untrusted folder's file is unknown", async () => {
  const fixture = await fixtureWith({ '.qwen/commands/x.md': 'from the project' });
  const user = join(dirname(fixture.root), '.qwen', 'commands');
  mkdirSync(user, { recursive: true });
  writeFileSync(join(user, 'x.md'), "the user's");
  writeFileSync(join(user, 'y.toml'), 'prompt = "an old one: {{args}}"');
  const id = await newSession(fixture);
  await fixture.run(id, '/x');
  expect(lastText(fixture)).toBe('from the project');
  rmSync(join(fixture.root, '.qwen/commands/x.md'));
  await fixture.run(id, '/x');
  expect(lastText(fixture)).toBe("the user's");
  fixture.model.push(says('three'));
  await fixture.run(id, '/y now');
  expect(lastText(fixture)).toBe('an old one: now');
  const untrusted = await fixtureWith({ '.qwen/commands/own.md': 'mine' }, { trust: false });
  await expect(untrusted.run(await newSession(untrusted), '/own')).rejects.toMatchObject({ code: 'command_unknown' });
});

test('an unknown command is an error that suggests similar names, and a path is not a command', async () => {
  const fixture = await fixtureWith({});
  const id = await newSession(fixture);
  await expect(fixture.run(id, '/toools')).rejects.toMatchObject({ code: 'command_unknown', message: expect.stringContaining('/tools') });
  expect(fixture.model.requests).toHaveLength(0);
  await fixture.run(id, '/usr/bin is full');
  await fixture.run(id, '/tmp is full');
  expect(lastText(fixture)).toBe('/tmp is full');
});

test('where the host asks for it, an unknown command is a prompt like any other', async () => {
  const fixture = await fixtureWith({});
  const id = await newSession(fixture, { sendsUnknownCommands: true });
  await fixture.run(id, '/toools now');
  expect(lastText(fixture)).toBe('/toools now');
});

test('the commands about keys, reports and the end are answered in every host', async () => {
  const fixture = await fixtureWith({});
  const id = await newSession(fixture);
  const said = async (text: string) => {
    const outcome = await fixture.engine.sessions.get(id).runSlash(text);
    return outcome.kind === 'said' ? outcome.text : outcome;
  };
  expect(await said('/login')).toContain('OPENAI_API_KEY');
  expect(await said('/bug it hangs')).toMatch(new RegExp(`Session: ${id}\\nit hangs$`));
  await expect(said('/quit')).rejects.toMatchObject({ code: 'not_supported' });
});

test('a shell part needs approval, and its output is part of the prompt', async () => {
  const fixture = await fixtureWith({ '.qwen/commands/x.md': 'It says: !{touch made-it && echo {{args}} | tr a-z A-Z}' });
  const id = await newSession(fixture, { mode: 'default' });
  const answered = fixture.answerNext({ kind: 'allow', scope: 'once' });
  await fixture.run(id, "/x it's");
  await answered;
  expect(lastText(fixture)).toBe("It says: IT'S");
  expect((await fixture.items(id)).filter((item) => item.kind === 'tool')).toMatchObject([
    { name: 'run_shell_command', status: 'success' },
  ]);
});

test('a denied shell part sends nothing, and the session is free again', async () => {
  const fixture = await fixtureWith({ '.qwen/commands/x.md': '!{touch made-it}', '.qwen/commands/y.md': 'plain' });
  const id = await newSession(fixture, { mode: 'default' });
  const answered = fixture.answerNext({ kind: 'deny' });
  await expect(fixture.run(id, '/x')).rejects.toMatchObject({ code: 'command_failed' });
  await answered;
  expect(fixture.model.requests).toHaveLength(0);
  await fixture.run(id, '/y');
  expect(lastText(fixture)).toBe('plain');
});

test('a file part inside the folder is read, one outside needs approval', async () => {
  const fixture = await fixtureWith({
    'docs/a.md': 'inner !{id}',
    '.qwen/commands/x.md': '@{docs/a.md} @{docs}',
    '.qwen/commands/out.md': '@{../secret.txt}',
  });
  writeFileSync(join(fixture.root, '../secret.txt'), 'hidden');
  const id = await newSession(fixture, { mode: 'default' });
  await fixture.run(id, '/x');
  expect(lastText(fixture)).toBe('inner !{id} a.md');
  const answered = fixture.answerNext({ kind: 'deny' });
  await expect(fixture.run(id, '/out')).rejects.toMatchObject({ code: 'command_failed' });
  await answered;
  expect(JSON.stringify(fixture.model.requests)).not.toContain('hidden');
});

test('cancelling ends the work that a command waits for', async () => {
  const fixture = await fixtureWith({ '.qwen/commands/x.md': '!{sleep 60}' });
  const id = await newSession(fixture, { mode: 'yolo' });
  const failed = fixture.engine.sessions
    .get(id)
    .prompt('/x', 'l1')
    .catch((error: unknown) => error);
  await fixture.until('task.changed', ({ task }) => task.status === 'running');
  fixture.engine.sessions.get(id).work.cancel();
  expect(await failed).toMatchObject({ code: 'cancelled' });
});

test('a skill can be called by its name, with arguments', async () => {
  const fixture = await fixtureWith({ '.qwen/skills/review/SKILL.md': '---\nname: review\ndescription: d\n---\nRead the diff.' });
  await fixture.run(await newSession(fixture), '/review HEAD~1');
  expect(lastText(fixture)).toMatch(/Read the diff\.[\s\S]*HEAD~1/);
});

test('commands that the engine answers need no model and are shown in the session as a row', async () => {
  const fixture = await fixtureWith({ '.qwen/commands/x.md': 'x' });
  const id = await newSession(fixture, { mode: 'default' });
  const run = (text: string) => fixture.engine.sessions.get(id).runSlash(text);
  for (const name of ['help', 'context', 'stats', 'tools', 'tasks', 'skills', 'hooks']) {
    expect(await run(`/${name}`)).toMatchObject({ kind: 'said', text: expect.stringMatching(/\S/) });
  }
  expect((await run('/help')).kind === 'said' && JSON.stringify(await run('/help'))).toContain('/x');
  expect((await fixture.items(id)).at(-1)).toMatchObject({ kind: 'notice', text: '/help', content: { code: 'command_answer' } });
  const answers = ['/context', '/stats', '/tools', '/tasks', '/skills', '/hooks', '/memory', '/mcp'];
  for (const text of answers) await run(text);
  const shown = (await fixture.items(id)).slice(-answers.length);
  const codes = shown.map((item) =>
    item.kind === 'notice' && item.content?.code === 'command_answer' ? item.content.answer?.code : item.kind,
  );
  expect(codes).toEqual(['context', 'stats', 'tools', 'no_tasks', 'no_skills', 'no_hooks', 'no_memory', 'no_servers']);
  expect(await run('/approval-mode plan')).toEqual({ kind: 'said', text: 'Approval mode: plan' });
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).mode).toBe('plan');
  await expect(run('/approval-mode everything')).rejects.toMatchObject({ code: 'bad_params' });
  expect(await run('/copy')).toEqual({ kind: 'window', name: 'copy', args: '' });
  expect(await run('/x y')).toEqual({ kind: 'prompt' });
  expect(await run('hello')).toEqual({ kind: 'prompt' });
  expect(fixture.model.requests).toHaveLength(0);
});

test('a side question leaves no trace in the conversation', async () => {
  const fixture = await fixtureWith({});
  const id = await newSession(fixture);
  await fixture.run(id, 'first');
  expect(await fixture.engine.sessions.get(id).runSlash('/btw what is 2+2?')).toEqual({ kind: 'said', text: 'two' });
  fixture.model.push(says('three'));
  await fixture.run(id, 'second');
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages)).not.toContain('2+2');
});

test('the list has built-in commands, files and skills, without what is disabled', async () => {
  const fixture = await fixtureWith({
    '.qwen/commands/git/commit.md': '---\ndescription: Commits\nargument-hint: "[msg]"\n---\nx',
    '.qwen/commands/help.md': 'cannot take the place of a built-in one',
    '.qwen/skills/review/SKILL.md': '---\nname: review\ndescription: d\n---\nx',
    '.qwen/settings.json': '{ "slashCommands": { "disabled": ["export"] } }',
  });
  const list = await fixture.engine.commands.list(fixture.project.id);
  expect(list.find(({ name }) => name === 'git:commit')).toEqual({
    name: 'git:commit',
    aliases: [],
    description: 'Commits',
    argumentHint: '[msg]',
    runsIn: 'model',
    source: 'project',
  });
  expect(list.filter(({ name }) => name === 'help')).toMatchObject([{ source: 'built-in' }]);
  expect(list.find(({ name }) => name === 'review')?.source).toBe('skill');
  expect(list.some(({ name }) => name === 'export')).toBe(false);
});
