/** What a program does with the SDK, one case each; `run` returns what it saw, to be compared between the programs. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect, essenceOf, loadZod, type Query, type Sdk, type SdkMessage, script } from './sdk-client.ts';
import { run } from './programs.ts';
import type { World } from './world.ts';

export interface SdkWorld {
  readonly sdk: Sdk;
  readonly world: World;
  /** Of every query: the program, its folder and its environment. */
  readonly base: Record<string, unknown>;
}

export interface SdkCase {
  readonly name: string;
  run(world: SdkWorld): Promise<unknown>;
  /** Where the programs differ on purpose: what each of them gives, and the title in docs/qwen-code.md. */
  readonly differs?: { readonly title: string; readonly ours: unknown; readonly theirs: unknown };
}

const user = (text: string) => ({ type: 'user', session_id: '', parent_tool_use_id: null, message: { role: 'user', content: text } });

/** Sends a prompt when the one before has its result. */
async function talk(
  { sdk, base }: SdkWorld,
  prompts: readonly string[],
  options: object,
  between: (query: Query, at: number) => Promise<void> = async () => undefined,
) {
  let wake = () => {};
  let results = 0;
  async function* input() {
    for (const [at, text] of prompts.entries()) {
      while (results < at) await new Promise<void>((resolve) => (wake = resolve));
      await between(query, at);
      yield user(text);
    }
    while (results < prompts.length) await new Promise<void>((resolve) => (wake = resolve));
  }
  const query = sdk.query({ prompt: input(), options: { ...base, ...options } });
  const messages: SdkMessage[] = [];
  for await (const message of query) {
    messages.push(message);
    if (message.type === 'result') results += 1;
    wake();
  }
  return messages;
}

async function once({ sdk, base, world }: SdkWorld, prompt: string, options: object = {}) {
  const messages = await collect(sdk.query({ prompt, options: { ...base, ...options } }));
  return messages.filter(({ event }) => event?.type !== 'goal_state').map((message) => essenceOf(world, message));
}

const allow = async (_tool: string, input: object) => ({ behavior: 'allow', updatedInput: input });
const write = ({ project }: World, name: string) => ({ tool: 'write_file', args: { file_path: join(project, name), content: 'x' } });
const shell = (command: string) => ({ tool: 'run_shell_command', args: { command, description: 'd', is_background: false } });
const made = ({ project }: World, ...names: readonly string[]) => names.filter((name) => existsSync(join(project, name)));
/** Without the words of tools, which each program chooses. */
const outline = (essence: readonly unknown[]) =>
  JSON.parse(
    JSON.stringify(essence, (key, value: unknown) =>
      key === 'result' && typeof value === 'string' && !/^(?:success|error_)/.test(value) ? '...' : value,
    ),
  );

export const SDK_CASES: readonly SdkCase[] = [
  { name: 'one prompt', run: (at) => once(at, 'Hello') },
  { name: 'partial messages', run: (at) => once(at, 'Hello', { includePartialMessages: true }) },
  { name: 'a failed request', run: async (at) => (await once(at, script({ status: 400 }))).at(-1) },
  {
    name: 'two prompts',
    async run(at) {
      const messages = await talk(at, ['Hello', script({ text: 'Again.' })], {});
      return messages.filter(({ event }) => event?.type !== 'goal_state').map((message) => essenceOf(at.world, message));
    },
  },
  {
    name: 'canUseTool allows',
    async run(at) {
      const asked: unknown[] = [];
      const canUseTool = async (name: string, input: object, { suggestions }: { suggestions: readonly { type: string }[] }) => {
        asked.push([name, Object.keys(input).sort(), suggestions.map(({ type }) => type).filter((type) => type !== 'modify')]);
        return { behavior: 'allow', updatedInput: input };
      };
      const essence = await once(at, script(write(at.world, 'a.txt')), { canUseTool });
      return [outline(essence), asked, made(at.world, 'a.txt')];
    },
  },
  {
    name: 'canUseTool denies',
    run: async (at) => [
      outline(
        (await once(at, script(write(at.world, 'a.txt')), { canUseTool: async () => ({ behavior: 'deny', message: 'no thanks' }) })).slice(
          0,
          -1,
        ),
      ),
      made(at.world, 'a.txt'),
    ],
  },
  {
    name: 'canUseTool gives another command',
    run: async (at) => {
      const canUseTool = async () => ({
        behavior: 'allow',
        updatedInput: { command: 'touch theirs', description: 'd', is_background: false },
      });
      await once(at, script(shell('touch ours')), { canUseTool });
      return made(at.world, 'ours', 'theirs');
    },
    differs: { title: 'No change of a proposed edit', ours: ['theirs'], theirs: ['ours'] },
  },
  {
    name: 'nobody decides',
    run: async (at) => [outline(await once(at, script(write(at.world, 'a.txt')))).slice(0, 3), made(at.world, 'a.txt')],
  },
  {
    name: 'a question of the agent',
    async run(at) {
      const asked: unknown[] = [];
      const question = {
        question: 'Which?',
        header: 'Pick',
        options: [
          { label: 'Red', description: 'r' },
          { label: 'Blue', description: 'b' },
        ],
        multiSelect: false,
      };
      const canUseTool = async (name: string, input: { questions: readonly { question: string }[] }) => {
        asked.push([name, input.questions.map(({ question: text }) => text)]);
        return { behavior: 'allow', updatedInput: { ...input, answers: { 0: 'Blue' } } };
      };
      await once(at, script({ tool: 'ask_user_question', args: { questions: [question] } }), { canUseTool });
      const last = JSON.stringify(at.world.model.requests.at(-1)?.body.messages.at(-1));
      return [asked, last.includes('Blue')];
    },
  },
  {
    name: 'interrupt',
    async run(at) {
      const messages = await talk(
        at,
        [script({ text: 'A slow answer that is stopped.', slow: true }), 'Hello'],
        {},
        async (query, number) => {
          if (number === 0) void at.world.model.nextRequest().then(() => query.interrupt());
        },
      );
      return messages.filter(({ type }) => type === 'result').map(({ subtype, result }) => [subtype, result]);
    },
  },
  {
    name: 'any model, any listed mode',
    async run(at) {
      const messages = await talk(at, ['Hello', script(write(at.world, 'a.txt'))], {}, async (query, number) => {
        if (number === 0) return;
        await query.setModel('another-model');
        await query.setPermissionMode('yolo');
      });
      const models = at.world.model.requests.map(({ body }) => body['model']);
      return [messages.filter(({ type }) => type === 'result').length, models.at(0), models.at(-1), made(at.world, 'a.txt')];
    },
  },
  {
    name: 'the mode auto',
    async run(at) {
      const essence = await once(at, script({ tool: 'read_file', args: { file_path: join(at.world.project, 'notes.txt') } }), {
        permissionMode: 'auto',
      });
      return outline(essence);
    },
  },
  {
    name: 'the mode plan',
    run: async (at) => [
      outline(await once(at, script(write(at.world, 'a.txt')), { permissionMode: 'plan', canUseTool: allow })).slice(0, 3),
      made(at.world, 'a.txt'),
    ],
  },
  {
    name: 'a server inside the program',
    async run(at) {
      const zod = await loadZod();
      const sum = at.sdk.tool('calc_sum', 'Adds', { a: zod.number(), b: zod.number() }, async ({ a = 0, b = 0 }) => ({
        content: [{ type: 'text', text: String(a + b) }],
      }));
      const calc = at.sdk.createSdkMcpServer({ name: 'calc', tools: [sum] });
      const essence = await once(at, script({ tool: 'mcp__calc__calc_sum', args: { a: 1, b: 2 } }), { mcpServers: { calc } });
      return essence;
    },
  },
  {
    name: 'a server beside the program',
    async run(at) {
      const file = join(at.world.home, 'server.mjs');
      writeFileSync(file, STDIO_SERVER);
      const mcpServers = { calc: { command: process.execPath, args: [file] } };
      const essence = await once(at, script({ tool: 'mcp__calc__sum', args: { a: 1 } }), { mcpServers, canUseTool: allow });
      return essence;
    },
  },
  {
    name: 'an agent of the program',
    async run(at) {
      const agents = [{ name: 'critic', description: 'Finds faults', systemPrompt: 'You are a critic.', level: 'session' }];
      await once(
        at,
        script({ tool: 'agent', args: { description: 'd', prompt: 'look', subagent_type: 'critic', run_in_background: false } }),
        { agents, permissionMode: 'yolo' },
      );
      return at.world.model.requests.some(({ body }) => JSON.stringify(body.messages[0]).includes('You are a critic.'));
    },
  },
  {
    name: 'abort',
    async run(at) {
      const abortController = new AbortController();
      void at.world.model.nextRequest().then(() => abortController.abort());
      const ended = once(at, script({ text: 'A slow answer that is stopped.', slow: true }), { abortController });
      return await ended.then(
        () => 'ended',
        (error: unknown) => (error instanceof Error ? error.name : 'no error'),
      );
    },
  },
  {
    name: 'a session is resumed under its id',
    async run(at) {
      const sessionId = '123e4567-e89b-42d3-a456-426614174000';
      await once(at, 'Remember BLUE', { sessionId });
      const query = at.sdk.query({ prompt: 'What was it?', options: { ...at.base, resume: sessionId } });
      const [first] = await collect(query);
      return [first?.session_id, query.getSessionId(), JSON.stringify(at.world.model.requests.at(-1)?.body.messages).includes('BLUE')];
    },
  },
  {
    name: 'system prompts',
    async run(at) {
      await once(at, 'Hello', { systemPrompt: 'You are a parrot.' });
      const system = () => JSON.stringify(at.world.model.requests.at(-1)?.body.messages[0]);
      const replaced = system();
      await once(at, 'Hello', { systemPrompt: { type: 'preset', preset: 'qwen_code', append: 'Speak like a pirate.' } });
      return [replaced.includes('You are a parrot.'), system().includes('Speak like a pirate.'), system().includes('You are a parrot.')];
    },
  },
  {
    name: 'a limit of requests',
    run: async (at) =>
      await once(at, script({ tool: 'read_file', args: { file_path: join(at.world.project, 'notes.txt') } }), { maxSessionTurns: 1 }).then(
        () => 'ended',
        (error: unknown) => (error instanceof Error ? /exited with code \d+/.exec(error.message)?.[0] : 'no error'),
      ),
  },
  {
    name: 'allowed tools',
    run: async (at) => {
      await once(at, script(shell('touch a.txt'), shell('echo x > b.txt')), { allowedTools: ['ShellTool(touch *)'] });
      return made(at.world, 'a.txt', 'b.txt');
    },
  },
  {
    name: 'excluded tools',
    async run(at) {
      const [init] = await collect(
        at.sdk.query({ prompt: 'Hello', options: { ...at.base, excludeTools: ['run_shell_command'], permissionMode: 'yolo' } }),
      );
      return [init?.tools?.includes('run_shell_command'), init?.tools?.includes('read_file')];
    },
  },
  {
    name: 'what can be asked',
    async run(at) {
      const seen: unknown[] = [];
      await talk(at, ['Hello', 'Again'], {}, async (query, number) => {
        if (number === 0) return;
        const context = await query.getContextUsage(true);
        seen.push(
          (await query.supportedCommands()).commands.includes('compress'),
          await query.mcpServerStatus(),
          (await query.getAvailableModels()).models.map(({ id }) => id),
          [
            context['modelName'],
            Number(context['totalTokens']) > 0,
            context['contextWindowSize'],
            context['isEstimated'],
            context['showDetails'],
          ],
          Object.keys(context['breakdown'] as object).sort(),
          Object.keys(await query.getUsageInfo('week')).sort(),
          await query.setEffort('high'),
        );
      });
      return seen;
    },
  },
  {
    name: 'an effort',
    async run(at) {
      await talk(at, ['Hello', 'Again'], {}, async (query, number) => {
        if (number > 0) await query.setEffort('high');
      });
      return at.world.model.requests.at(-1)?.body['reasoning_effort'];
    },
    differs: { title: 'The effort reaches every model', ours: 'high', theirs: undefined },
  },
  {
    name: 'what the sessions of both programs have used',
    async run(at) {
      for (const program of ['gantry', '0.24.4'] as const) await run(program, at.world, ['-p', 'Hello']);
      const seen: unknown[] = [];
      await talk(at, ['Hello'], {}, async (query) => {
        const { range, summary, models } = (await query.getUsageInfo('week')) as {
          range: string;
          summary: Record<string, number>;
          models: object[];
        };
        const { sessions, requests, inputTokens, outputTokens, totalTokens, toolCalls } = summary;
        seen.push(range, { sessions, requests, inputTokens, outputTokens, totalTokens, toolCalls }, models);
      });
      return seen;
    },
  },
  {
    name: 'the output of a failed command',
    async run(at) {
      const essence = await once(at, script(shell('echo FAILED-LIST; exit 3')), { permissionMode: 'yolo' });
      const text = JSON.stringify(essence);
      return [text.includes('FAILED-LIST'), /Exit Code: 3/.test(text)];
    },
  },
  {
    name: 'the content of a file',
    run: async (at) => (await once(at, script({ tool: 'read_file', args: { file_path: join(at.world.project, 'notes.txt') } })))[2],
    differs: {
      title: 'Results as the model reads them',
      ours: { user: [{ result: 'one\ntwo', failed: false }] },
      theirs: { user: [{ result: 'one\ntwo\n', failed: false }] },
    },
  },
];

/** Speaks just enough of MCP, over standard input and output. */
const STDIO_SERVER = `
import { createInterface } from 'node:readline';
const results = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'calc', version: '1' } },
  'tools/list': { tools: [{ name: 'sum', description: 'Adds', inputSchema: { type: 'object', properties: { a: { type: 'number' } } } }] },
  'tools/call': { content: [{ type: 'text', text: 'the sum' }] },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} }));
});
`;
