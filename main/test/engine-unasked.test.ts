/** A command that runs without a question runs as it was checked, and is shown as the model wrote it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

test('the command gets the files that a pattern matched when it was checked, and no program or shell code of the project runs', async () => {
  const shell = (id: string, command: string) => ({ id, name: 'run_shell_command', input: { command } });
  const environment = { PATH: `bin:${process.env['PATH'] ?? ''}`, BASH_ENV: 'evil.sh', LANG: 'C' };
  const fixture = await createEngineFixture({
    environment,
    answers: [calls(shell('c1', 'ls *.txt'), shell('c2', 'echo "$LANG" *')), says('done')],
  });
  open.push(fixture);
  const file = (name: string, text: string) => writeFileSync(join(fixture.root, name), text);
  mkdirSync(join(fixture.root, 'bin'));
  for (const name of ['ls', 'bash']) {
    file(`bin/${name}`, '#!/bin/sh\ntouch pwned\n');
    chmodSync(join(fixture.root, 'bin', name), 0o755);
  }
  file('evil.sh', 'touch pwned\n');
  for (const name of ['a.txt', '-la.txt']) file(name, 'x');
  const id = await newSession(fixture, { mode: 'default' });
  expect((await fixture.run(id, 'look')).end).toBe('completed');
  const results = fixture.model.requests[1]?.messages.at(-1);
  const texts = results?.role === 'tool' ? results.results.map(({ text }) => text) : [];
  expect(texts[0]).toContain('Command: ls *.txt\n');
  expect(texts[0]).toMatch(/-la\.txt\s+a\.txt/);
  expect(texts[1]).toContain('./-la.txt a.txt bin');
  expect(existsSync(join(fixture.root, 'pwned'))).toBe(false);
  expect(fixture.engine.tasks.list(id).every(({ command }) => !command.includes("'"))).toBe(true);
});

const works =
  process.platform === 'linux' &&
  spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', '--unshare-net', '--unshare-pid', 'true']).status === 0;

test.runIf(works).each([
  ['no sandbox', {}],
  ['a write sandbox', { tools: { executionSandbox: { filesystem: 'workspace-write', network: 'open' } } }],
])('with %s in the settings, a command without a question runs behind the wall, with its own exit code', async (_what, settings) => {
  const shell = (id: string, command: string) => ({ id, name: 'run_shell_command', input: { command } });
  const fixture = await createEngineFixture({
    files: { '.env': 'SECRET=1', 'a.txt': 'x' },
    answers: [calls(shell('c1', 'find . -maxdepth 1 -name .env -size 0'), shell('c2', 'grep -c nothing a.txt')), says('done')],
  });
  open.push(fixture);
  const home = dirname(fixture.root);
  mkdirSync(join(home, '.qwen'), { recursive: true });
  writeFileSync(join(home, '.qwen/settings.json'), JSON.stringify(settings));
  const id = await newSession(fixture, { mode: 'default' });
  expect((await fixture.run(id, 'look')).end).toBe('completed');
  const results = fixture.model.requests[1]?.messages.at(-1);
  const texts = results?.role === 'tool' ? results.results.map(({ text }) => text) : [];
  expect(texts[0]).toContain('./.env'); // empty there
  expect(texts[1]).toContain('Exit Code: 1');
});
