/** A command that runs without a question runs as it was checked, and is shown as the model wrote it. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
