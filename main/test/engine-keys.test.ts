/** Known keys do not reach the model, a file or a window by what a command prints. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const KEYS = {
  environment: 'key-of-the-environment-01',
  dotenv: 'key-of-the-dotenv-file-02',
  settings: 'key-of-the-settings-env-03',
  stored: 'key-in-the-file-of-keys-04',
  server: 'token-of-the-server-05',
};

test('keys of the environment, .env, settings, key store and server are replaced in what a command prints', async () => {
  const model = (id: string, envKey: string) => ({ id, baseUrl: 'https://x.test/v1', envKey });
  const settings = {
    env: { GEMINI_API_KEY: KEYS.settings },
    modelProviders: { openai: [model('a', 'FIRST_NAME'), model('b', 'SECOND_NAME')] },
  };
  const fixture = await createEngineFixture({
    environment: { OPENAI_API_KEY: KEYS.environment },
    files: {
      '../.qwen/settings.json': JSON.stringify(settings),
      '../.gantry/keys.json': JSON.stringify({ allowed: true, keys: { 'SECOND_NAME@https://x.test': KEYS.stored } }),
      '.env': `FIRST_NAME=${KEYS.dotenv}\n`,
      'printed.txt': `${Object.values(KEYS).join('\n')}\n`,
    },
    answers: [calls({ id: 'c1', name: 'run_shell_command', input: { command: 'cat printed.txt; sleep 0.01' } }), says('done')],
  });
  onTestFinished(() => fixture.close());
  fixture.engine.hideKey(KEYS.server);
  const id = await newSession(fixture, { mode: 'yolo' });
  expect((await fixture.run(id, 'print')).end).toBe('completed');

  const results = fixture.model.requests[1]?.messages.at(-1);
  const texts = results?.role === 'tool' ? results.results.map(({ text }) => text) : [];
  expect(texts[0]).toContain('[key redacted]\n'.repeat(5).trim());
  const kept = JSON.stringify([texts, fixture.events, fixture.records(id)]);
  for (const key of Object.values(KEYS)) expect(kept).not.toContain(key);
});

test('the output files of a background task have no key', async () => {
  const fixture = await createEngineFixture({
    environment: { OPENAI_API_KEY: KEYS.environment },
    files: { 'printed.txt': `${KEYS.environment}\n` },
  });
  onTestFinished(() => fixture.close());
  const id = await newSession(fixture);
  const { taskId } = await fixture.engine.sessions.get(id).work.runCommand('cat printed.txt; sleep 600');
  await expect.poll(async () => (await fixture.engine.tasks.readText(taskId)).head).toBe('[key redacted]\n');
  fixture.engine.tasks.promote(taskId);
  fixture.engine.tasks.stop(taskId, { force: true, by: 'user' });
  await expect.poll(() => fixture.engine.tasks.get(taskId)?.endedAtMs).toBeDefined();
  const folder = join(fixture.root, '..', '.qwen', 'tmp');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /shell-.*\.(?:raw|output)$/.test(name));
  expect(files).toHaveLength(2);
  for (const name of files) expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^\[key redacted\]\r?\n$/);
});
