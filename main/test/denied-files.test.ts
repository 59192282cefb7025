/** Files that a rule denies appear in no search, list or mention. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

let fixture: EngineFixture | undefined;
afterEach(() => fixture?.close());

const FILES = {
  'open.ts': 'needle in the open',
  'private/plan.ts': 'needle in private',
  'draft/idea.ts': 'needle in a draft',
  '.env': 'PASSWORD=needle-canary',
  'keys/server.pem': 'needle-canary',
  'really/hidden.ts': 'needle behind a link',
};

interface Call {
  readonly id: string;
  readonly name: string;
  readonly input: Record<string, unknown>;
}

async function ask(deny: readonly string[], input: { readonly calls: readonly Call[]; readonly text?: string }) {
  fixture = await createEngineFixture({
    files: { ...FILES, '.qwen/settings.json': JSON.stringify({ permissions: { deny, ask: ['Read(/draft/**)'] } }) },
    answers: [calls(...input.calls), says('done')],
  });
  symlinkSync('really', join(fixture.root, 'link'));
  await fixture.run(await newSession(fixture, { mode: 'default' }), input.text ?? 'go');
  const message = fixture.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool');
  return message?.role === 'tool' ? message.results.map(({ text }) => text) : [];
}

const DENY = ['Read(private/**)', 'Read(link/hidden.ts)'];

test('grep, glob and list_directory show nothing that a rule refuses, and no contents of files that need approval', async () => {
  const [grep = '', glob = '', list = '', linked = ''] = await ask(DENY, {
    calls: [
      { id: 'c1', name: 'grep_search', input: { pattern: 'needle' } },
      { id: 'c2', name: 'glob', input: { pattern: '**/*.ts' } },
      { id: 'c3', name: 'list_directory', input: { path: '.' } },
      { id: 'c4', name: 'grep_search', input: { pattern: 'needle', path: 'link' } },
    ],
  });
  expect(grep).toContain('needle in the open');
  for (const text of ['needle in private', 'needle in a draft', 'canary', 'plan.ts', 'idea.ts']) expect(grep).not.toContain(text);
  expect(grep).toContain('4 matches are in files hidden by the rules or because they hold secrets');
  expect(glob).toContain('draft/idea.ts');
  expect(glob).not.toContain('plan.ts');
  expect(list).toContain('draft/');
  expect(list).not.toContain('private');
  expect(linked).not.toContain('behind a link');
});

test('a mention of such a file, or of its folder, gives the model nothing of it, and the composer does not offer it', async () => {
  const text = 'Look at @private/plan.ts, @draft/idea.ts, @private and @.';
  await ask(DENY, { calls: [{ id: 'c1', name: 'todo_write', input: { todos: [] } }], text });
  const sent = JSON.stringify(fixture?.model.requests[0]?.messages);
  expect(sent).toContain('needle in the open');
  for (const hidden of ['needle in private', 'needle in a draft', 'canary']) expect(sent).not.toContain(hidden);
  expect(sent).toContain('@private/plan.ts was not read: your permission rules deny it');
  const find = (query: string) => fixture?.engine.projects.findFiles(fixture.project.id, query, 5);
  expect([await find('plan'), await find('open')]).toMatchObject([{ paths: [] }, { paths: ['open.ts'] }]);
});
