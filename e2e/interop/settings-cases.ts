/** Settings and environments, with the request that each must produce. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProgramName } from './programs.ts';
import { QUIET, type World } from './world.ts';

export interface Case {
  readonly name: string;
  /** Writes files into the fixture; returns the environment and arguments of the programs. */
  readonly arrange: (world: World) => { readonly args?: readonly string[]; readonly env?: Record<string, string> } | void;
  /** Fields of the request that must arrive. */
  readonly expected: Arrived;
  /** Releases of Qwen Code that support this case. Default: both. */
  readonly known?: readonly ProgramName[];
}

export interface Arrived {
  readonly path: string;
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Everything but the conversation, the tools, and the streaming options. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `path` is the path at the model server; the other fields are written unchanged. */
interface Entry {
  readonly id: string;
  readonly path: string;
  readonly [field: string]: unknown;
}

/** Settings with these entries of the protocol, the first selected, and nothing else but `more`. */
export function writeEntries(world: World, entries: readonly Entry[], more: object = {}): void {
  writeOpenAi(world, {
    modelProviders: {
      openai: entries.map(({ path, ...entry }) => ({ baseUrl: `${world.model.url}${path}`, envKey: 'SCRIPTED_KEY', ...entry })),
    },
    model: { name: entries[0]?.id },
    ...more,
  });
}

function writeOpenAi(world: World, settings: object): void {
  world.writeSettings({ ...QUIET, security: { auth: { selectedType: 'openai' } }, ...settings });
}

const ONE = { id: 'qwen-one', path: '/one/v1' } as const;
const TWO = { id: 'qwen-two', path: '/two/v1' } as const;

/** One entry whose key is resolved. */
function writeSought(world: World): void {
  writeEntries(world, [{ id: 'qwen-key', path: '/v1', envKey: 'OTHER_KEY' }], { env: { OTHER_KEY: 'of-settings' } });
}

function write(world: World, path: string, content: string): void {
  const whole = join(world.home, '..', path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
}

const atTwo = (key: string): Arrived => ({ path: '/two/v1/chat/completions', key, fields: { model: 'qwen-two' } });
const soughtFound = (key: string): Arrived => ({ path: '/v1/chat/completions', key, fields: { model: 'qwen-key' } });

export const CASES: readonly Case[] = [
  {
    name: 'several providers, of which the name of the model chooses one',
    arrange: (world) =>
      writeEntries(
        world,
        [
          { ...ONE, envKey: 'KEY_ONE' },
          { ...TWO, envKey: 'KEY_TWO' },
          { id: 'qwen-three', path: '/three/v1', envKey: 'KEY_THREE' },
        ],
        { env: { KEY_ONE: 'first', KEY_TWO: 'second', KEY_THREE: 'third' }, model: { name: 'qwen-two' } },
      ),
    expected: atTwo('second'),
  },
  {
    name: '--model chooses another entry than the settings',
    arrange(world) {
      const env = { KEY_ONE: 'first', KEY_TWO: 'second' };
      writeEntries(
        world,
        [
          { ...ONE, envKey: 'KEY_ONE' },
          { ...TWO, envKey: 'KEY_TWO' },
        ],
        { env },
      );
      return { args: ['--model', 'qwen-two'] };
    },
    expected: atTwo('second'),
  },
  {
    name: 'headers, sampling and extra fields of an entry',
    arrange: (world) =>
      writeEntries(
        world,
        [
          {
            id: 'qwen-fields',
            path: '/v1',
            generationConfig: {
              customHeaders: { 'X-Team': 'blue', 'X-Trace': '$TRACE' },
              samplingParams: { temperature: 0.25, top_p: 0.9, max_tokens: 1234, presence_penalty: 0.5, seed: 7 },
              extra_body: { enable_thinking: false, metadata: { run: 'interop' } },
              contextWindowSize: 50_000,
            },
          },
        ],
        { env: { TRACE: 'abc' } },
      ),
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
      const generationConfig = { customHeaders: { 'X-Trace': '$TRACE', 'X-Unset': 'is-$NOT_SET' } };
      writeEntries(world, [{ id: 'qwen-$KIND', path: '', baseUrl: '${MODEL_SERVER}/v1', generationConfig }]);
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
      writeSought(world);
      write(world, 'project/.qwen/.env', 'OTHER_KEY=of-qwen-folder\n');
      write(world, 'project/.env', 'OTHER_KEY=of-project\n');
      write(world, 'home/.qwen/.env', 'OTHER_KEY=of-home\n');
    },
    expected: soughtFound('of-qwen-folder'),
  },
  {
    name: 'a plain .env of the project',
    arrange(world) {
      writeSought(world);
      write(world, 'project/.env', 'OTHER_KEY="of-project"\n');
    },
    expected: soughtFound('of-project'),
  },
  {
    name: 'the .env of the home folder',
    arrange(world) {
      writeSought(world);
      write(world, 'home/.qwen/.env', 'OTHER_KEY=of-home\n');
    },
    expected: soughtFound('of-home'),
  },
  {
    name: 'the shell before any .env',
    arrange(world) {
      writeSought(world);
      write(world, 'project/.env', 'OTHER_KEY=of-project\n');
      return { env: { OTHER_KEY: 'of-shell' } };
    },
    expected: soughtFound('of-shell'),
  },
  {
    name: 'the env of the settings where nothing else has the key',
    arrange: writeSought,
    expected: soughtFound('of-settings'),
  },
  {
    name: "the project's settings over the user's",
    arrange(world) {
      writeEntries(world, [ONE, TWO]);
      write(world, 'project/.qwen/settings.json', '{\n  // of this project\n  "model": { "name": "qwen-two" }\n}\n');
    },
    expected: atTwo('key-of-the-script'),
  },
  {
    name: 'the system settings over both',
    arrange(world) {
      writeEntries(world, [ONE, TWO]);
      write(world, 'system.json', '{ "model": { "name": "qwen-two" } }');
      return { env: { QWEN_CODE_SYSTEM_SETTINGS_PATH: join(world.home, '..', 'system.json') } };
    },
    expected: atTwo('key-of-the-script'),
  },
  {
    name: 'the variables of the protocol, without any entry',
    arrange(world) {
      writeOpenAi(world, {});
      return { env: { OPENAI_API_KEY: 'of-openai', OPENAI_BASE_URL: `${world.model.url}/env/v1`, OPENAI_MODEL: 'qwen-env' } };
    },
    expected: { path: '/env/v1/chat/completions', key: 'of-openai', fields: { model: 'qwen-env' } },
  },
  {
    name: 'key, address and model as flags',
    arrange(world) {
      writeOpenAi(world, {});
      const address = ['--openai-api-key', 'of-flag', '--openai-base-url', `${world.model.url}/flag/v1`];
      return { args: [...address, '--model', 'qwen-flag', '--auth-type', 'openai'] };
    },
    expected: { path: '/flag/v1/chat/completions', key: 'of-flag', fields: { model: 'qwen-flag' } },
  },
  {
    name: 'a provider with a custom name that is set to the protocol',
    known: ['0.24.4'],
    arrange: (world) =>
      writeOpenAi(world, {
        providerProtocol: { mine: 'openai' },
        modelProviders: { mine: [{ id: 'qwen-mine', baseUrl: `${world.model.url}/mine/v1`, envKey: 'SCRIPTED_KEY' }] },
        model: { name: 'qwen-mine' },
      }),
    expected: { path: '/mine/v1/chat/completions', key: 'key-of-the-script', fields: { model: 'qwen-mine' } },
  },
];
