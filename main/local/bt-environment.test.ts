/**
 * The environment that commands and the search program receive (BT-32), with the whole engine.
 * Hooks and MCP servers use the same `childEnv`.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createEngineFixture, newSession } from '../test/support/engine-fixture.ts';
import { calls, says } from '../test/support/scripted-model.ts';

const ripgrep = vi.hoisted(() => ({ rgPath: '' }));
vi.mock('@vscode/ripgrep', () => ({
  get rgPath() {
    return ripgrep.rgPath;
  },
}));

const SECRETS = {
  OPENAI_API_KEY: 'canary-openai',
  ANTHROPIC_AUTH_TOKEN: 'canary-anthropic',
  DASHSCOPE_API_KEY: 'canary-dashscope',
  GANTRY_SERVER_TOKEN: 'canary-server',
  NAMED_BY_THE_USER: 'canary-user',
  NAMED_BY_THE_FOLDER: 'canary-folder',
};
const OF_THE_RUNTIME = { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--no-warnings', NODE_CHANNEL_FD: '3', npm_config_cache: '/c' };
const provider = (envKey: string) => ({ modelProviders: { openai: [{ id: envKey, baseUrl: 'http://127.0.0.1:9/v1', envKey }] } });

/** Replaces the packaged program: it records its arguments. */
function fakeRipgrep(): void {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-rg-'));
  ripgrep.rgPath = join(folder, 'rg');
  writeFileSync(ripgrep.rgPath, '#!/bin/sh\nenv > seen-by-ripgrep\nexit 1\n');
  chmodSync(ripgrep.rgPath, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
}

test('BT-32: no key, no variable of our runtime and nothing from .env or settings.env is in the environment of a command or of ripgrep', async () => {
  fakeRipgrep();
  const fixture = await createEngineFixture({
    environment: { ...SECRETS, ...OF_THE_RUNTIME, KEPT: 'kept', NODE_ENV: 'test', TAVILY_API_KEY: 'passed by consent' },
    files: {
      '.env': 'FROM_DOTENV=canary-dotenv\nOPENAI_API_KEY=canary-dotenv\n',
      '.qwen/settings.json': JSON.stringify({ ...provider('NAMED_BY_THE_FOLDER'), env: { FROM_SETTINGS: 'canary-settings' } }),
    },
  });
  onTestFinished(() => fixture.close());
  const home = join(dirname(fixture.root), '.qwen');
  mkdirSync(home, { recursive: true });
  const operator = {
    ...provider('NAMED_BY_THE_USER'),
    env: { OF_THE_USER: 'canary-user-env' },
    gantry: { shell: { passEnv: ['TAVILY_API_KEY'] } },
  };
  writeFileSync(join(home, 'settings.json'), JSON.stringify(operator));
  fixture.model.push(
    calls(
      { id: 'c1', name: 'run_shell_command', input: { command: 'env > seen-by-command' } },
      { id: 'c2', name: 'run_shell_command', input: { command: 'env > seen-by-background; read line', is_background: true } },
      { id: 'c3', name: 'grep_search', input: { pattern: 'anything' } },
    ),
    says('done'),
  );
  const id = await newSession(fixture, { mode: 'yolo' });
  expect((await fixture.run(id, 'look')).end).toBe('completed');

  for (const who of ['command', 'background', 'ripgrep']) {
    const path = join(fixture.root, `seen-by-${who}`);
    await expect.poll(() => readIfThere(path)).toContain('KEPT=kept');
    const seen = readFileSync(path, 'utf8');
    expect(seen).not.toContain('canary');
    const names = seen.split('\n').map((line) => line.split('=', 1)[0] ?? '');
    for (const name of [...Object.keys(SECRETS), ...Object.keys(OF_THE_RUNTIME), 'FROM_DOTENV', 'FROM_SETTINGS', 'OF_THE_USER'])
      expect(names).not.toContain(name);
    expect(seen).toContain('NODE_ENV=test');
    expect(seen).toContain('TAVILY_API_KEY=passed by consent');
  }
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not written yet
  }
}
