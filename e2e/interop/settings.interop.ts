/** One `settings.json` and one environment give every program the same request: where to, whose key, which fields. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ProgramName, QWEN_VERSIONS, run, start } from './programs.ts';
import type { SentRequest } from './recording-model.ts';
import { createWorld, QUIET, type World } from './world.ts';

interface Case {
  readonly name: string;
  /** Writes files into the world; returns what else the programs are started with. */
  readonly arrange: (world: World) => { readonly args?: readonly string[]; readonly env?: Record<string, string> } | void;
  /** Of the request that must arrive. */
  readonly expected: Arrived;
  /** Releases of Qwen Code that know what the case is about. Default: both. */
  readonly known?: readonly ProgramName[];
}

interface Arrived {
  readonly path: string;
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** All but the conversation, the tools, and how the answer is to be streamed. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const AUTH = { security: { auth: { selectedType: 'openai' } } } as const;

function write(world: World, path: string, content: string): void {
  const whole = join(world.home, '..', path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
}

const CASES: readonly Case[] = [
  {
    name: 'several providers, of which the name of the model chooses one',
    arrange: (world) =>
      world.writeSettings({
        ...QUIET,
        ...AUTH,
        modelProviders: {
          openai: [
            { id: 'qwen-one', baseUrl: `${world.model.url}/one/v1`, envKey: 'KEY_ONE' },
            { id: 'qwen-two', baseUrl: `${world.model.url}/two/v1`, envKey: 'KEY_TWO' },
            { id: 'qwen-three', baseUrl: `${world.model.url}/three/v1`, envKey: 'KEY_THREE' },
          ],
        },
        env: { KEY_ONE: 'first', KEY_TWO: 'second', KEY_THREE: 'third' },
        model: { name: 'qwen-two' },
      }),
    expected: { path: '/two/v1/chat/completions', key: 'second', fields: { model: 'qwen-two' } },
  },
  {
    name: '--model chooses another entry than the settings',
    arrange(world) {
      world.writeSettings({
        ...QUIET,
        ...AUTH,
        modelProviders: {
          openai: [
            { id: 'qwen-one', baseUrl: `${world.model.url}/one/v1`, envKey: 'KEY_ONE' },
            { id: 'qwen-two', baseUrl: `${world.model.url}/two/v1`, envKey: 'KEY_TWO' },
          ],
        },
        env: { KEY_ONE: 'first', KEY_TWO: 'second' },
        model: { name: 'qwen-one' },
      });
      return { args: ['--model', 'qwen-two'] };
    },
    expected: { path: '/two/v1/chat/completions', key: 'second', fields: { model: 'qwen-two' } },
  },
  {
    name: 'headers, sampling and extra fields of an entry',
    arrange: (world) =>
      world.writeSettings({
        ...QUIET,
        ...AUTH,
        modelProviders: {
          openai: [
            {
              id: 'qwen-fields',
              baseUrl: `${world.model.url}/v1`,
              envKey: 'SCRIPTED_KEY',
              generationConfig: {
                customHeaders: { 'X-Team': 'blue', 'X-Trace': '$TRACE' },
                samplingParams: { temperature: 0.25, top_p: 0.9, max_tokens: 1234, presence_penalty: 0.5, seed: 7 },
                extra_body: { enable_thinking: false, metadata: { run: 'interop' } },
                contextWindowSize: 50_000,
              },
            },
          ],
        },
        env: { TRACE: 'abc' },
        model: { name: 'qwen-fields' },
      }),
    expected: {
      path: '/v1/chat/completions',
      key: 'key-of-the-script',
      headers: { 'x-team': 'blue', 'x-trace': 'abc' },
      fields: {
        model: 'qwen-fields',
        temperature: 0.25,
        top_p: 0.9,
        max_tokens: 1234,
        presence_penalty: 0.5,
        seed: 7,
        enable_thinking: false,
        metadata: { run: 'interop' },
      },
    },
  },
  {
    name: 'variables of the shell in any value',
    arrange(world) {
      world.writeSettings({
        ...QUIET,
        ...AUTH,
        modelProviders: {
          openai: [
            {
              id: 'qwen-$KIND',
              baseUrl: '${MODEL_SERVER}/v1',
              envKey: 'SCRIPTED_KEY',
              generationConfig: { customHeaders: { 'X-Trace': '$TRACE', 'X-Unset': 'is-$NOT_SET' } },
            },
          ],
        },
        model: { name: 'qwen-$KIND' },
      });
      return { env: { MODEL_SERVER: world.model.url, TRACE: 'abc', KIND: 'variable' } };
    },
    expected: {
      path: '/v1/chat/completions',
      key: 'key-of-the-script',
      headers: { 'x-trace': 'abc', 'x-unset': 'is-$NOT_SET' },
      fields: { model: 'qwen-variable' },
    },
  },
  {
    name: 'the .env of the project, found from its .qwen folder first',
    arrange(world) {
      entryWithKey(world, { OTHER_KEY: 'of-settings' });
      write(world, 'project/.qwen/.env', 'OTHER_KEY=of-qwen-folder\n');
      write(world, 'project/.env', 'OTHER_KEY=of-project\n');
      write(world, 'home/.qwen/.env', 'OTHER_KEY=of-home\n');
    },
    expected: { path: '/v1/chat/completions', key: 'of-qwen-folder', fields: { model: 'qwen-key' } },
  },
  {
    name: 'a plain .env of the project',
    arrange(world) {
      entryWithKey(world, { OTHER_KEY: 'of-settings' });
      write(world, 'project/.env', 'OTHER_KEY="of-project"\n');
    },
    expected: { path: '/v1/chat/completions', key: 'of-project', fields: { model: 'qwen-key' } },
  },
  {
    name: 'the .env of the home folder',
    arrange(world) {
      entryWithKey(world, { OTHER_KEY: 'of-settings' });
      write(world, 'home/.qwen/.env', 'OTHER_KEY=of-home\n');
    },
    expected: { path: '/v1/chat/completions', key: 'of-home', fields: { model: 'qwen-key' } },
  },
  {
    name: 'the shell before any .env',
    arrange(world) {
      entryWithKey(world, { OTHER_KEY: 'of-settings' });
      write(world, 'project/.env', 'OTHER_KEY=of-project\n');
      return { env: { OTHER_KEY: 'of-shell' } };
    },
    expected: { path: '/v1/chat/completions', key: 'of-shell', fields: { model: 'qwen-key' } },
  },
  {
    name: 'the env of the settings where nothing else has the key',
    arrange: (world) => entryWithKey(world, { OTHER_KEY: 'of-settings' }),
    expected: { path: '/v1/chat/completions', key: 'of-settings', fields: { model: 'qwen-key' } },
  },
  {
    name: "the project's settings over the user's",
    arrange(world) {
      world.writeSettings({
        ...QUIET,
        ...AUTH,
        modelProviders: {
          openai: [
            { id: 'qwen-one', baseUrl: `${world.model.url}/one/v1`, envKey: 'SCRIPTED_KEY' },
            { id: 'qwen-two', baseUrl: `${world.model.url}/two/v1`, envKey: 'SCRIPTED_KEY' },
          ],
        },
        model: { name: 'qwen-one' },
      });
      write(world, 'project/.qwen/settings.json', '{\n  // of this project\n  "model": { "name": "qwen-two" }\n}\n');
    },
    expected: { path: '/two/v1/chat/completions', key: 'key-of-the-script', fields: { model: 'qwen-two' } },
  },
  {
    name: 'the system settings over both',
    arrange(world) {
      world.writeSettings({
        ...QUIET,
        ...AUTH,
        modelProviders: {
          openai: [
            { id: 'qwen-one', baseUrl: `${world.model.url}/one/v1`, envKey: 'SCRIPTED_KEY' },
            { id: 'qwen-two', baseUrl: `${world.model.url}/two/v1`, envKey: 'SCRIPTED_KEY' },
          ],
        },
        model: { name: 'qwen-one' },
      });
      write(world, 'system.json', '{ "model": { "name": "qwen-two" } }');
      return { env: { QWEN_CODE_SYSTEM_SETTINGS_PATH: join(world.home, '..', 'system.json') } };
    },
    expected: { path: '/two/v1/chat/completions', key: 'key-of-the-script', fields: { model: 'qwen-two' } },
  },
  {
    name: 'the variables of the protocol, without any entry',
    arrange(world) {
      world.writeSettings({ ...QUIET, ...AUTH });
      return { env: { OPENAI_API_KEY: 'of-openai', OPENAI_BASE_URL: `${world.model.url}/env/v1`, OPENAI_MODEL: 'qwen-env' } };
    },
    expected: { path: '/env/v1/chat/completions', key: 'of-openai', fields: { model: 'qwen-env' } },
  },
  {
    name: 'key, address and model as flags',
    arrange(world) {
      world.writeSettings({ ...QUIET, ...AUTH });
      return {
        args: [
          '--openai-api-key',
          'of-flag',
          '--openai-base-url',
          `${world.model.url}/flag/v1`,
          '--model',
          'qwen-flag',
          '--auth-type',
          'openai',
        ],
      };
    },
    expected: { path: '/flag/v1/chat/completions', key: 'of-flag', fields: { model: 'qwen-flag' } },
  },
  {
    name: 'a provider of a name of its own, told to speak the protocol',
    known: ['0.24.4'],
    arrange: (world) =>
      world.writeSettings({
        ...QUIET,
        ...AUTH,
        providerProtocol: { mine: 'openai' },
        modelProviders: { mine: [{ id: 'qwen-mine', baseUrl: `${world.model.url}/mine/v1`, envKey: 'SCRIPTED_KEY' }] },
        model: { name: 'qwen-mine' },
      }),
    expected: { path: '/mine/v1/chat/completions', key: 'key-of-the-script', fields: { model: 'qwen-mine' } },
  },
];

/** One entry whose key is looked for. */
function entryWithKey(world: World, env: Record<string, string>): void {
  world.writeSettings({
    ...QUIET,
    ...AUTH,
    modelProviders: { openai: [{ id: 'qwen-key', baseUrl: `${world.model.url}/v1`, envKey: 'OTHER_KEY' }] },
    env,
    model: { name: 'qwen-key' },
  });
}

/** Gantry uses a folder's own files only where the user has agreed to it; Qwen Code asks for that only if told to. */
const OURS = ['--trust'];

test.concurrent.each(CASES)('$name', async ({ arrange, expected, known = QWEN_VERSIONS }) => {
  await using world = await createWorld();
  const { args = [], env = {} } = arrange(world) ?? {};
  const arrived: Record<string, Arrived | string> = {};
  for (const program of ['gantry', ...known] as const) {
    const before = world.model.requests.length;
    const ended = await run(program, world, ['-p', 'hello', ...(program === 'gantry' ? OURS : []), ...args], { env });
    const request = world.model.requests[before];
    arrived[program] = request === undefined ? `${ended.out}${ended.err}` : toArrived(request, expected);
  }
  expect(arrived).toEqual(Object.fromEntries(['gantry', ...known].map((program) => [program, expected])));
});

function toArrived({ path, headers, body }: SentRequest, expected: Arrived): Arrived {
  const { messages: _messages, tools: _tools, stream: _stream, stream_options: _options, ...fields } = body;
  const own = Object.keys(headers).filter((name) => name.startsWith('x-') && !name.startsWith('x-stainless-'));
  // Without a limit in the settings each program sends its own.
  const { max_tokens: _limit, ...unlimited } = fields;
  return {
    path,
    key: String(headers.authorization).replace(/^Bearer /, ''),
    ...(own.length === 0 ? {} : { headers: Object.fromEntries(own.map((name) => [name, String(headers[name])])) }),
    fields: 'max_tokens' in expected.fields ? fields : unlimited,
  };
}

test.concurrent.each(['gantry', ...QWEN_VERSIONS] as const)(
  '%s gives up a silent server after the timeout of the entry',
  async (program) => {
    await using world = await createWorld();
    world.model.answer = () => ({ silent: true });
    const timeout = 1500;
    world.writeSettings({
      ...QUIET,
      ...AUTH,
      modelProviders: {
        openai: [
          { id: 'qwen-slow', baseUrl: `${world.model.url}/v1`, envKey: 'SCRIPTED_KEY', generationConfig: { timeout, maxRetries: 0 } },
        ],
      },
      model: { name: 'qwen-slow' },
    });
    const child = start(program, world, ['-p', 'hello']);
    child.stdin.end();
    try {
      await expect.poll(() => world.model.requests.length, { timeout: 60_000 }).toBeGreaterThan(0);
      const waited = (await world.model.requests[0]?.givenUp) ?? 0;
      expect(waited).toBeGreaterThan(timeout - 200);
      expect(waited).toBeLessThan(timeout * 4);
    } finally {
      child.kill('SIGKILL');
    }
  },
);
