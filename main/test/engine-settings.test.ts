/** The settings in settings.json apply to a session. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const read = (id: string) => calls({ id, name: 'read_file', input: { file_path: 'a.txt' } });

async function open(settings: object, options: Parameters<typeof createEngineFixture>[0] = {}) {
  const files = { 'a.txt': 'one\n'.repeat(50), '.qwen/settings.json': JSON.stringify(settings), ...options.files };
  const fixture = await createEngineFixture({ ...options, files });
  onTestFinished(() => fixture.close());
  return fixture;
}

test('tools, memory files, folders and the language follow the settings', async () => {
  const fixture = await open(
    {
      tools: { core: ['read_file', 'glob'], disabled: ['glob'] },
      context: { fileName: 'ME.md', includeDirectories: ['more', 'not-there'] },
      general: { outputLanguage: 'Esperanto' },
    },
    { answers: [says('ok')], files: { 'ME.md': 'canary-memory', 'QWEN.md': 'canary-other', 'more/x.txt': '' } },
  );
  const snapshot = await fixture.engine.sessions.create(fixture.project.id);
  expect(snapshot.toolNames).toEqual(['read_file']);
  await fixture.run(snapshot.summary.id, 'hello');
  const [request] = fixture.model.requests;
  expect(request?.tools.map((tool) => tool.name)).toEqual(['read_file']);
  expect(request?.system).toContain('canary-memory');
  expect(request?.system).not.toContain('canary-other');
  expect(request?.system).toContain('Esperanto');
  expect(request?.system).toContain(`Also open: ${join(fixture.root, 'more')}`);
  expect(request?.system).not.toContain('not-there');
});

test('results are cut and turns are limited as in the settings, even when these change during a turn', async () => {
  const fixture = await open(
    { tools: { truncateToolOutputThreshold: 40 }, model: { maxSessionTurns: 1 } },
    { answers: [read('c1'), read('c2'), says('done')] },
  );
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'read')).toMatchObject({ end: 'max_turns' });
  writeFileSync(join(fixture.root, '.qwen/settings.json'), JSON.stringify({ tools: { truncateToolOutputThreshold: 40 } }));
  expect(await fixture.run(id, 'again')).toMatchObject({ end: 'completed' });
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages)).toContain('characters left out');
});

test('with recording off nothing of a conversation is written', async () => {
  const fixture = await open({ general: { chatRecording: false } }, { answers: [says('ok')] });
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'secret')).toMatchObject({ end: 'completed' });
  expect(existsSync(fixture.sessionFile(id))).toBe(false);
});

test('an untrusted folder has no influence on them', async () => {
  const fixture = await open(
    { tools: { core: ['read_file'] }, general: { chatRecording: false } },
    { trust: false, answers: [says('ok')] },
  );
  mkdirSync(join(fixture.root, 'sub'));
  const snapshot = await fixture.engine.sessions.create(fixture.project.id);
  expect(snapshot.toolNames).toContain('edit');
});
