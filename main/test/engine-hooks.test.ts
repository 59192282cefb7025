import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, fails, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

const hook = (command: string, more = {}) => ({ hooks: [{ type: 'command', command }], ...more });

async function fixtureWith(hooks: Record<string, unknown>, options: FixtureOptions = {}): Promise<EngineFixture> {
  const files = { '.qwen/settings.json': JSON.stringify({ hooks }), 'a.txt': 'text', ...options.files };
  const fixture = await createEngineFixture({ answers: [says('one'), says('two'), says('three')], ...options, files });
  open.push(fixture);
  return fixture;
}

const write = (content = 'x') => calls({ id: 'w1', name: 'write_file', input: { file_path: 'new.txt', content } });
const reported = (fixture: EngineFixture) => JSON.stringify(fixture.model.requests.at(-1)?.messages);
const path = (fixture: EngineFixture, name: string) => join(fixture.root, name);

function writeCall(fixture: EngineFixture, content: string) {
  return calls({ id: 'w1', name: 'write_file', input: { file_path: path(fixture, 'new.txt'), content } });
}

test('PreToolUse refuses a call, changes its arguments, or allows it without approval', async () => {
  const refusing = await fixtureWith({ PreToolUse: [hook('echo "not today" >&2; exit 2', { matcher: 'write_file' })] }, { answers: [] });
  refusing.model.push(writeCall(refusing, 'x'), says('done'));
  await refusing.run(await newSession(refusing, { mode: 'yolo' }), 'go');
  expect(reported(refusing)).toContain('not today');
  expect(existsSync(path(refusing, 'new.txt'))).toBe(false);

  const changing = await fixtureWith({}, { answers: [] });
  const output = {
    hookSpecificOutput: { permissionDecision: 'allow', updatedInput: { file_path: path(changing, 'new.txt'), content: 'changed' } },
  };
  writeFileSync(
    path(changing, '.qwen/settings.json'),
    JSON.stringify({ hooks: { PreToolUse: [hook(`echo '${JSON.stringify(output)}'`)] } }),
  );
  changing.model.push(writeCall(changing, 'as asked'), says('done'));
  await changing.run(await newSession(changing, { mode: 'default' }), 'go');
  expect(readFileSync(path(changing, 'new.txt'), 'utf8')).toBe('changed');
});

test('a hook cannot allow a protected file', async () => {
  const allow = hook(`echo '{"hookSpecificOutput":{"permissionDecision":"allow"}}'`);
  const fixture = await fixtureWith(
    { PreToolUse: [allow], PermissionRequest: [allow], Notification: [hook('touch notified')] },
    { answers: [] },
  );
  fixture.model.push(calls({ id: 'w1', name: 'write_file', input: { file_path: path(fixture, '.env'), content: 'x' } }), says('done'));
  const running = fixture.run(await newSession(fixture, { mode: 'default' }), 'go');
  // The hooks have run and the approval is still pending.
  await vi.waitFor(() => expect(existsSync(path(fixture, 'notified'))).toBe(true));
  await fixture.answerNext({ kind: 'deny' });
  await running;
  expect(existsSync(path(fixture, '.env'))).toBe(false);
});

test('PermissionRequest answers an approval, and an unanswered one is a Notification', async () => {
  const deny = `echo '{"hookSpecificOutput":{"decision":{"behavior":"deny","message":"ask me later"}}}'`;
  const denying = await fixtureWith({ PermissionRequest: [hook(deny)] }, { answers: [] });
  denying.model.push(writeCall(denying, 'x'), says('done'));
  await denying.run(await newSession(denying, { mode: 'default' }), 'go');
  expect(reported(denying)).toContain('ask me later');

  const silent = await fixtureWith({ Notification: [hook('cat > seen.json', { matcher: 'permission_prompt' })] }, { answers: [] });
  silent.model.push(writeCall(silent, 'x'), says('done'));
  const running = silent.run(await newSession(silent, { mode: 'default' }), 'go');
  await vi.waitFor(() =>
    expect(JSON.parse(readFileSync(path(silent, 'seen.json'), 'utf8'))).toMatchObject({ hook_event_name: 'Notification' }),
  );
  await silent.answerNext({ kind: 'allow', scope: 'once' });
  await running;
});

test('the message of PostToolUse follows the result, for a failed call that of PostToolUseFailure', async () => {
  const context = (text: string) => hook(`echo '{"hookSpecificOutput":{"additionalContext":"${text}"}}'`);
  const fixture = await fixtureWith(
    { PostToolUse: [context('run the tests')], PostToolUseFailure: [context('look again')] },
    { answers: [] },
  );
  const read = (name: string) => calls({ id: name, name: 'read_file', input: { file_path: path(fixture, name) } });
  fixture.model.push(read('a.txt'), read('none.txt'), says('done'));
  await fixture.run(await newSession(fixture), 'go');
  const results = fixture.model.requests.slice(1).map((request) => JSON.stringify(request.messages.at(-1)));
  expect(results[0]).toContain('run the tests');
  expect(results[1]).not.toContain('run the tests');
});

test('UserPromptSubmit and SessionStart add to the prompt, or block it', async () => {
  const fixture = await fixtureWith({
    SessionStart: [hook('tee start.json > /dev/null; echo first words')],
    UserPromptSubmit: [hook('tee prompt.json | grep -q secret && { echo "no secrets" >&2; exit 2; }; echo now')],
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  expect(reported(fixture)).toContain('go\\n\\n[From a hook] first words\\nnow');
  const prompt_id = expect.stringMatching(new RegExp(`^${id}########.+`));
  expect(JSON.parse(readFileSync(path(fixture, 'start.json'), 'utf8'))).toMatchObject({
    source: 'startup',
    model: 'scripted-1',
    prompt_id,
  });
  expect(JSON.parse(readFileSync(path(fixture, 'prompt.json'), 'utf8'))).toMatchObject({ prompt: 'go', prompt_id });
  await expect(fixture.run(id, 'the secret')).rejects.toMatchObject({ message: expect.stringContaining('no secrets') });
  await fixture.run(id, 'go on');
  expect(reported(fixture)).not.toContain('the secret');
  expect((await fixture.items(id))[0]).toMatchObject({ kind: 'user', text: 'go' });
});

test('a Stop hook makes the model continue, is notified of that, and cannot do so forever', async () => {
  const stop = 'grep -q \'"stop_hook_active":true\' || { echo "the tests fail" >&2; exit 2; }';
  const fixture = await fixtureWith({ Stop: [hook(stop)] });
  const id = await newSession(fixture);
  expect((await fixture.run(id, 'go')).end).toBe('completed');
  expect(fixture.model.requests).toHaveLength(2);
  expect(reported(fixture)).toContain('the tests fail');
  const endless = await fixtureWith(
    { Stop: [hook('echo more >&2; exit 2')] },
    { answers: Array.from({ length: 20 }, () => says('again')) },
  );
  expect((await endless.run(await newSession(endless), 'go')).end).toBe('completed');
  expect(endless.model.requests).toHaveLength(11);
});

test('hooks of a failed turn and of the end of a session run', async () => {
  const fixture = await fixtureWith(
    { StopFailure: [hook('cat > failed.json')], SessionEnd: [hook('cat > ended.json')] },
    { answers: [fails({ code: 'auth_failed', message: 'no' })] },
  );
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  await vi.waitFor(() => expect(JSON.parse(readFileSync(path(fixture, 'failed.json'), 'utf8'))).toMatchObject({ error: 'auth_failed' }));
  await fixture.engine.sessions.close(id);
  expect(JSON.parse(readFileSync(path(fixture, 'ended.json'), 'utf8'))).toMatchObject({ hook_event_name: 'SessionEnd', session_id: id });
});

test('a hook with continue false ends the turn, and systemMessage is a row', async () => {
  const fixture = await fixtureWith(
    { PreToolUse: [hook(`echo '{"continue":false,"stopReason":"enough","systemMessage":"a word"}'`)] },
    { answers: [] },
  );
  fixture.model.push(writeCall(fixture, 'x'), says('never'));
  const id = await newSession(fixture, { mode: 'yolo' });
  expect((await fixture.run(id, 'go')).end).toBe('cancelled');
  const rows = (await fixture.items(id)).filter((item) => item.kind === 'notice').map(({ text }) => text);
  expect(rows).toContain('a word');
  expect(rows.some((text) => text.includes('enough'))).toBe(true);
  expect(fixture.model.requests).toHaveLength(1);
});

test('hooks of an untrusted folder do not run, and none run if all are disabled; keys are not in their environment', async () => {
  const untrusted = await fixtureWith({ UserPromptSubmit: [hook('touch ran')] }, { trust: false });
  await untrusted.run(await newSession(untrusted), 'go');
  expect(existsSync(path(untrusted, 'ran'))).toBe(false);
  const off = await fixtureWith({}, { answers: [says('one')] });
  writeFileSync(
    path(off, '.qwen/settings.json'),
    JSON.stringify({ disableAllHooks: true, hooks: { UserPromptSubmit: [hook('touch ran')] } }),
  );
  await off.run(await newSession(off), 'go');
  expect(existsSync(path(off, 'ran'))).toBe(false);
  const keyed = await fixtureWith(
    { UserPromptSubmit: [hook('env > env.txt; echo "$OPENAI_API_KEY" >> env.txt')] },
    { environment: { OPENAI_API_KEY: 'sk-secret' } },
  );
  await keyed.run(await newSession(keyed), 'go');
  expect(readFileSync(path(keyed, 'env.txt'), 'utf8')).not.toContain('sk-secret');
});

test('a hook that hangs does not outlive a cancel', async () => {
  const fixture = await fixtureWith({ PreToolUse: [hook('touch started; sleep 300')] }, { answers: [write()] });
  const id = await newSession(fixture, { mode: 'yolo' });
  const running = fixture.run(id, 'go');
  await vi.waitFor(() => expect(existsSync(path(fixture, 'started'))).toBe(true));
  fixture.engine.sessions.get(id).work.cancel();
  expect((await running).end).toBe('cancelled');
});
