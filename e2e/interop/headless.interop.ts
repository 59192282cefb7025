/** Commands of Qwen Code's page on headless runs: exit code, standard output and effect, with Gantry and with 0.24.4. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ProgramName, run } from './programs.ts';
import { script, scriptedModel } from './sdk-client.ts';
import { createWorld, QUIET, type World } from './world.ts';

interface Command {
  readonly name: string;
  readonly args: (world: World) => readonly string[];
  /** What is compared besides the exit code; default: standard output. */
  readonly seen?: (out: string, world: World) => unknown;
  /** Where the programs differ on purpose, and a text of docs/qwen-code.md that says so. */
  readonly differs?: { readonly page: string; readonly ours: readonly unknown[]; readonly theirs: readonly unknown[] };
}

const nothing = () => undefined;
const plain =
  (...args: readonly string[]) =>
  () =>
    args;
const ownServers = (_out: string, { project }: World) => {
  const path = join(project, '.qwen', 'settings.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).mcpServers : undefined;
};
const refused = { page: 'Sub-commands of Qwen Code that do not exist here', ours: [1, undefined], theirs: [0, undefined] };

const COMMANDS: readonly Command[] = [
  { name: 'a prompt', args: plain('-p', 'Hello') },
  { name: 'words', args: plain('Hello') },
  { name: 'the mode auto', args: plain('-p', 'Hello', '--approval-mode', 'auto') },
  { name: '/clear', args: plain('-p', '/clear') },
  { name: '/bug', args: plain('-p', '/bug'), seen: nothing },
  { name: '/auth', args: plain('-p', '/auth'), seen: nothing },
  { name: '/exit', args: plain('-p', '/exit') },
  { name: '/quit', args: plain('-p', '/quit') },
  { name: '/model', args: plain('-p', '/model'), seen: (out) => out.includes('qwen-scripted') },
  { name: 'an unknown command', args: plain('-p', '/nosuchthing') },
  { name: 'a path', args: plain('-p', '/usr/lib/foo.so fails to load, why?') },
  { name: '-l', args: plain('-l') },
  { name: '--screen-reader', args: plain('--screen-reader', '-p', 'Hello') },
  { name: '--telemetry=false', args: plain('--telemetry=false', '-p', 'Hello') },
  { name: '--no-telemetry', args: plain('--no-telemetry', '-p', 'Hello') },
  { name: '--fallback-model', args: plain('--fallback-model', 'm2', '-p', 'Hello') },
  { name: '-e none', args: plain('-e', 'none', '-p', 'Hello') },
  { name: 'auth', args: plain('auth'), seen: nothing },
  { name: 'auth status', args: plain('auth', 'status'), seen: nothing },
  { name: 'extensions list', args: plain('extensions', 'list'), seen: nothing, differs: refused },
  { name: 'hooks', args: plain('hooks'), seen: nothing, differs: refused },
  {
    name: 'options after the command of a server',
    args: plain('mcp', 'add', 'foo', 'node', 's.js', '-s', 'project', '--port', '1'),
    seen: ownServers,
  },
  { name: 'arguments after --', args: plain('mcp', 'add', '-s', 'project', 'foo', 'node', '--', '-s', 'x', '-e', 'A=b'), seen: ownServers },
  {
    name: 'the output of a failed command',
    args: () => [
      '-y',
      '-o',
      'stream-json',
      '-p',
      script({ tool: 'run_shell_command', args: { command: 'echo LIST; exit 3', description: 'd', is_background: false } }),
    ],
    seen: (out) => out.split('\n').some((line) => line.includes('"tool_result"') && /LIST[^]*Exit Code: 3/.test(line)),
  },
  {
    name: 'the version that clients compare',
    args: plain('-o', 'stream-json', '-p', 'Hello'),
    seen: (out) => JSON.parse(out.split('\n')[0] ?? '{}').qwen_code_version,
  },
];

async function runIn(program: ProgramName, { args, seen = (out) => out }: Command): Promise<readonly unknown[]> {
  await using world = await createWorld();
  world.model.answer = scriptedModel;
  const { code, out } = await run(program, world, args(world));
  return [code, seen(out, world)];
}

test.concurrent.each(COMMANDS)('$name', async (command) => {
  const [ours, theirs] = [await runIn('gantry', command), await runIn('0.24.4', command)];
  if (command.differs === undefined) expect(ours).toEqual(theirs);
  else expect([ours, theirs]).toEqual([command.differs.ours, command.differs.theirs]);
});

test.concurrent.each(['gantry', '0.24.4'] as const)(
  '%s lists its sessions as lines, and continues one whose model has moved',
  async (program) => {
    await using world = await createWorld();
    world.model.answer = scriptedModel;
    expect(await run(program, world, ['-p', 'one'])).toMatchObject({ code: 0 });
    const { out } = await run(program, world, ['sessions', 'list', '--json']);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        sessionId: expect.any(String),
        startTime: expect.stringMatching(/^\d{4}-.*Z$/),
        mtime: expect.any(Number),
        prompt: 'one',
        customTitle: null,
        cwd: world.project,
      },
    ]);
    expect(existsSync(JSON.parse(lines[0] ?? '').filePath)).toBe(true);
    world.writeSettings({
      ...QUIET,
      modelProviders: { openai: [{ id: 'qwen-scripted', baseUrl: `${world.model.url}/moved/v1`, envKey: 'SCRIPTED_KEY' }] },
      security: { auth: { selectedType: 'openai' } },
      model: { name: 'qwen-scripted' },
    });
    expect(await run(program, world, ['-c', '-p', 'two'])).toMatchObject({ code: 0 });
    const last = world.model.requests.at(-1);
    expect([last?.path, JSON.stringify(last?.body.messages).includes('one')]).toEqual(['/moved/v1/chat/completions', true]);
  },
);

test('the page names every difference', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/qwen-code.md'), 'utf8');
  expect(COMMANDS.filter(({ differs }) => differs !== undefined && !page.includes(differs.page)).map(({ name }) => name)).toEqual([]);
});
