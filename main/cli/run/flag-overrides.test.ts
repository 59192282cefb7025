import { expect, test } from 'vitest';
import { parseCommandLine, type RunArgs } from '../args/args.ts';
import { overridesOf, settingsOf } from './flag-overrides.ts';

function argsOf(...argv: string[]): RunArgs {
  const args = parseCommandLine(argv);
  if (args.kind !== 'run') throw new Error(JSON.stringify(args));
  return args;
}

const KEY_AND_URL = ['--openai-api-key', 'k', '--openai-base-url', 'http://h/v1'];

test.each<[string[], Record<string, string>]>([
  [[], { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://h/v1' }],
  [['--auth-type', 'openai-responses'], { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://h/v1' }],
  [['--auth-type', 'anthropic'], { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://h/v1' }],
  [['--auth-type', 'gemini'], { GEMINI_API_KEY: 'k' }],
  [['--auth-type', 'vertex-ai'], { GOOGLE_API_KEY: 'k' }],
])('with %j, key and address are set as the variables of that protocol', (flags, expected) => {
  expect(overridesOf(argsOf(...flags, ...KEY_AND_URL))).toEqual(expected);
});

test('a protocol without a variable for its address gets it as a setting', () => {
  expect(settingsOf(argsOf('--auth-type', 'gemini', ...KEY_AND_URL), {})).toEqual({
    security: { auth: { selectedType: 'gemini', baseUrl: 'http://h/v1' } },
  });
});

test('servers of the command line are added to those of other flags', () => {
  const servers = { a: { command: 'one' } };
  expect(settingsOf(argsOf('--core-tools', 'glob'), servers)).toEqual({ tools: { core: ['glob'] }, mcpServers: servers });
});
