/** The output and exit codes of headless runs: sections 3.1 to 3.3 of Qwen Code's formats, on the built command line. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { processesWith } from '../support/processes.ts';
import { type Answer, type CliRig, finish, lastPrompt, type Message, parseLines, startCliRig } from './cli-rig.ts';

const rigs: CliRig[] = [];
async function setUp(answer?: Answer): Promise<CliRig> {
  const rig = await startCliRig(answer);
  rigs.push(rig);
  return rig;
}
test.afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

/** Returns thinking, text and a tool call in one answer; then reports completion. */
const thinkSpeakCall: Answer = ({ messages }) =>
  messages.at(-1)?.role === 'tool'
    ? { content: 'All done.', usage: { prompt_tokens: 200, completion_tokens: 5, total_tokens: 205 } }
    : {
        reasoning: 'Which files are there?',
        content: 'I look.',
        toolCalls: [{ name: 'list_directory', arguments: '{"path":"."}', id: 'call_1' }],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      };

const contentKinds = (message: Message): string[] =>
  (message['message'] as { content: { type: string }[] }).content.map(({ type }) => type); // by the format

test('one answer is several messages, one for each kind, and only the last has the usage', async () => {
  const rig = await setUp(thinkSpeakCall);
  const { code, out, err } = await rig.run(['-o', 'json', 'look']);
  expect([code, err]).toEqual([0, '']);
  const messages = JSON.parse(out) as Message[]; // by the format
  expect(messages.map(({ type }) => type)).toEqual(['system', 'assistant', 'assistant', 'assistant', 'user', 'assistant', 'result']);
  const [init, thinking, text, call, toolResult, last, result] = messages;
  expect([thinking, text, call].map((message) => message && contentKinds(message))).toEqual([['thinking'], ['text'], ['tool_use']]);
  const none = { usage: { input_tokens: 0, output_tokens: 0 } };
  expect([thinking?.['message'], text?.['message']]).toMatchObject([
    { ...none, stop_reason: null },
    { ...none, stop_reason: null },
  ]);
  expect(call?.['message']).toMatchObject({
    stop_reason: 'tool_use',
    usage: { input_tokens: 100, output_tokens: 20, cache_read_input_tokens: 0, total_tokens: 120 },
  });
  expect(toolResult).toMatchObject({ message: { role: 'user', content: [{ type: 'tool_result', is_error: false }] } });
  expect(last?.['message']).toMatchObject({ stop_reason: null, usage: { total_tokens: 205 } });
  expect(Object.keys(init ?? {})).toEqual([
    'type',
    'subtype',
    'uuid',
    'session_id',
    'cwd',
    'tools',
    'mcp_servers',
    'model',
    'permission_mode',
    'slash_commands',
    'qwen_code_version',
    'agents',
  ]);
  expect(result).toEqual({
    type: 'result',
    subtype: 'success',
    uuid: expect.any(String),
    session_id: init?.['session_id'],
    is_error: false,
    duration_ms: expect.any(Number),
    duration_api_ms: expect.any(Number),
    num_turns: 2,
    result: 'All done.',
    usage: { input_tokens: 300, output_tokens: 25, cache_read_input_tokens: 0, total_tokens: 325 },
    permission_denials: [],
    stats: expect.objectContaining({ models: expect.anything(), tools: expect.anything(), files: expect.anything() }),
  });
});

test('partial messages: one start and one stop for each answer, whole messages between, the index starts again each time', async () => {
  const rig = await setUp(thinkSpeakCall);
  const { code, out } = await rig.run(['-o', 'stream-json', '--include-partial-messages', 'look']);
  expect(code).toBe(0);
  const given: unknown[] = [];
  const steps = parseLines(out).flatMap((message) => {
    if (message.type === 'assistant') return [`assistant:${contentKinds(message).join()}`];
    if (message.type !== 'stream_event') return [message.type];
    const event = message['event'] as { type: string; index?: number; delta?: { type: string; partial_json?: string } }; // by the format
    if (event.delta?.type === 'input_json_delta') given.push(event.delta.partial_json);
    return [`${event.type}${event.index === undefined ? '' : `#${event.index}`}${event.delta === undefined ? '' : `:${event.delta.type}`}`];
  });
  expect(given).toEqual(['{"path":"."}']);
  const merged = steps.filter((step, index) => step !== steps[index - 1]); // text arrives in as many pieces as the server sends
  const block = (delta: string, kind: string) => [
    'content_block_start#0',
    `content_block_delta#0:${delta}`,
    'content_block_stop#0',
    `assistant:${kind}`,
  ];
  expect(merged).toEqual([
    'system',
    'message_start',
    ...block('thinking_delta', 'thinking'),
    ...block('text_delta', 'text'),
    ...block('input_json_delta', 'tool_use'),
    'message_stop',
    'user',
    'message_start',
    ...block('text_delta', 'text'),
    'message_stop',
    'result',
  ]);
});

test('an error of the model is exit 1 and error_during_execution, without a total if nothing was used', async () => {
  const rig = await setUp(() => ({ error: { message: 'wrong key', type: 'invalid_request_error' }, status: 401 }));
  const { code, out, err } = await rig.run(['-o', 'stream-json', 'hi']);
  expect(code).toBe(1);
  expect(parseLines(out).at(-1)).toEqual({
    type: 'result',
    subtype: 'error_during_execution',
    uuid: expect.any(String),
    session_id: expect.any(String),
    is_error: true,
    duration_ms: expect.any(Number),
    duration_api_ms: expect.any(Number),
    num_turns: 1,
    usage: { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0 },
    permission_denials: [],
    error: { message: expect.stringMatching(/^\[API Error: .*wrong key/) },
  });
  expect(err).toMatch(/^\[API Error: /);
});

test('an answer of a megabyte reaches a slow reader completely before the process ends', async () => {
  const long = `${Array.from({ length: 160_000 }, (_, index) => index).join(' ')} end`;
  const rig = await setUp(() => ({ content: long }));
  const child = rig.start(['hi']);
  child.stdin.end();
  await new Promise((resolve) => child.stdout.once('readable', resolve)); // the process holds more than fits into a pipe
  const { code, out } = await finish(child);
  expect(code).toBe(0);
  expect(out.length).toBe(long.length + 1);
  expect(out.endsWith('end\n')).toBe(true);
});

test('a reader that closes the pipe ends the run without an error message', async () => {
  const rig = await setUp(thinkSpeakCall);
  const child = rig.start(['-o', 'stream-json', '--include-partial-messages', 'look']);
  child.stdin.end();
  child.stdout.once('data', () => child.stdout.destroy());
  let err = '';
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once('exit', (...end) => resolve(end)));
  expect([code, signal, err]).toEqual([0, null, '']);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} during a command ends it, leaves a valid session that can be resumed, and prints no result`, async () => {
    const mark = `gantry-signal-${signal}-${process.pid}`;
    const answer: Answer = (request) =>
      JSON.stringify(request.messages.at(-1)?.content ?? '').includes('again')
        ? { content: 'Back.' }
        : {
            toolCalls: [
              { name: 'run_shell_command', arguments: JSON.stringify({ command: `MARK=${mark} sleep 300`, is_background: false }) },
            ],
          };
    const rig = await setUp(answer);
    const sessionId = '3f2b8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f';
    const child = rig.start(['--yolo', '--session-id', sessionId, '-o', 'stream-json', 'go']);
    const ended = finish(child, '');
    await expect.poll(async () => (await processesWith(mark)).length, { timeout: 15_000 }).toBeGreaterThan(0);
    child.kill(signal);
    const { out, err, signal: endedBy } = await ended;
    expect([endedBy, err]).toEqual([signal, 'Operation cancelled.\n']); // a shell shows 130 for SIGINT, 143 for SIGTERM
    expect(parseLines(out).map(({ type }) => type)).not.toContain('result');
    await expect.poll(() => processesWith(mark), { timeout: 5000 }).toEqual([]);
    expect((await rig.records(sessionId)).map(({ type }) => type)).toContain('user');
    expect(await rig.run(['--resume', sessionId, 'again'])).toMatchObject({ code: 0, out: 'Back.\n' });
    const roles = rig.requests.at(-1)?.messages.map(({ role }) => role) ?? [];
    expect(roles.filter((role) => role === 'user')).toHaveLength(2);
  });
}

test('piped text is placed before the prompt, and the files of the folder before both', async () => {
  const rig = await setUp();
  await mkdir(join(rig.project, 'src'));
  await writeFile(join(rig.project, 'src', 'a.txt'), 'text of a\n');
  await writeFile(join(rig.project, '.env'), 'SECRET=1\n');
  await writeFile(join(rig.project, 'server.key'), 'PRIVATE\n');
  await writeFile(join(rig.project, 'picture.bin'), Buffer.from([1, 0, 2]));
  expect((await rig.run(['--all-files', 'the prompt'], { stdin: 'from the pipe\n' })).code).toBe(0);
  const sent = lastPrompt(rig.requests);
  expect(sent).toContain('--- src/a.txt ---\ntext of a\n\n\nfrom the pipe\n\n\nthe prompt');
  expect(sent).not.toMatch(/SECRET|PRIVATE|picture/);
});

test('text beyond the limit of --all-files is refused with the limit, before anything is sent', async () => {
  const rig = await setUp();
  await writeFile(join(rig.project, 'big.txt'), 'x'.repeat(512 * 1024 + 1));
  expect(await rig.run(['--all-files', 'hi'])).toMatchObject({ code: 42, out: '', err: expect.stringContaining('at most 512 KiB') });
  expect(rig.requests).toEqual([]);
});

test('a session is resumed by its title or the beginning of its id, and a fork leaves it unchanged', async () => {
  const rig = await setUp();
  const [first, second] = ['3f2b8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f', 'aaaa8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f'];
  await rig.run(['--session-id', first, 'mend the parser']);
  await rig.run(['--session-id', second, 'write the docs']);
  expect((await rig.run(['-r', 'Mend the Parser', 'two'])).code).toBe(0);
  expect(JSON.stringify(rig.requests.at(-1)?.messages)).toMatch(/mend the parser.*two/);
  expect((await rig.run(['--resume', first.slice(0, 8), 'three'])).code).toBe(0);
  expect(JSON.stringify(rig.requests.at(-1)?.messages)).toMatch(/mend the parser.*two.*three/);

  const before = await rig.records(first);
  const forked = await rig.run(['-r', first, '--fork-session', '-o', 'json', 'four']);
  expect(forked.code).toBe(0);
  expect(JSON.stringify(rig.requests.at(-1)?.messages)).toMatch(/mend the parser.*three.*four/);
  const [init] = JSON.parse(forked.out) as Message[]; // by the format
  expect([first, second]).not.toContain(init?.['session_id']);
  expect(await rig.records(first)).toEqual(before);

  const bare = await rig.run(['-p', 'x', '--resume']);
  expect(bare).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/--resume needs a session.*write the docs/s) });
  expect(await rig.run(['--resume', 'nothing like it', 'x'])).toMatchObject({ code: 1, err: expect.stringContaining(first) });
});

test('a session that a live process holds is refused with its pid, and can be forked', async () => {
  const rig = await setUp(({ messages }) =>
    JSON.stringify(messages.at(-1)?.content ?? '').includes('hold')
      ? { toolCalls: [{ name: 'run_shell_command', arguments: '{"command":"sleep 300","is_background":false}' }] }
      : { content: 'Free.' },
  );
  const sessionId = '3f2b8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f';
  const holder = rig.start(['--yolo', '--session-id', sessionId, '-o', 'stream-json', 'hold']);
  const ended = finish(holder, '');
  await expect.poll(() => rig.requests.length).toBeGreaterThan(0);
  const refused = await rig.run(['-r', sessionId, 'x']);
  expect(refused).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(new RegExp(`gantry command, process ${holder.pid}\\).*--fork-session`)),
  });
  expect(await rig.run(['-r', sessionId, '--fork-session', 'y'])).toMatchObject({ code: 0, out: 'Free.\n' });
  holder.kill('SIGKILL');
  await ended;
  const next = await rig.run(['-r', sessionId, 'z']);
  expect(next).toMatchObject({
    code: 0,
    out: 'Free.\n',
    err: expect.stringContaining(`Took over the session from a program that has ended (gantry command, process ${holder.pid}).`),
  });
});

test.describe('wrong flags', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--outputformat', 'json', 'x'], /Unknown option: --outputformat\. Did you mean --output-format\?/],
    [['--input-format', 'stream-json'], /needs --output-format stream-json/],
    [['--approval-mode', 'autoedit', 'x'], /Did you mean auto-edit\?/],
    [['--auth-type', 'qwen-oauth', 'x'], /--auth-type qwen-oauth cannot be used: .*--auth-type openai/],
    [['--worktree', 'x'], /an option of Qwen Code that Gantry does not have/],
    [['--max-tool-calls', 'few', 'x'], /whole number/],
  ];
  for (const [args, message] of cases) {
    test(`${args.join(' ')} is refused with exit 1, before anything is sent`, async () => {
      const rig = await setUp();
      const text = await rig.run(args);
      expect(text).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) });
      const json = await rig.run([
        '-o',
        'json',
        ...args.filter((arg) => arg !== '--input-format' && arg !== 'stream-json'),
        '--also-wrong',
      ]);
      expect(JSON.parse(json.err)).toMatchObject({ error: { type: 'FatalInputError', code: 1 } });
      expect(rig.requests).toEqual([]);
    });
  }

  test('a missing folder is refused', async () => {
    const rig = await setUp();
    expect(await rig.run(['--include-directories', 'nowhere', 'x'])).toMatchObject({ code: 42, err: expect.stringContaining('nowhere') });
  });
});

test('modules are loaded only when needed: neither engine nor libraries for --version and --help, no SDK for a refusal', async () => {
  const rig = await setUp();
  const log = join(rig.home, 'loaded.txt');
  const spy = `data:text/javascript,${encodeURIComponent(
    `import { registerHooks } from 'node:module'; import { appendFileSync } from 'node:fs';
     registerHooks({ load(url, context, next) { if (url.startsWith('file:')) appendFileSync(${JSON.stringify(log)}, url + '\\n'); return next(url, context); } });`,
  )}`;
  const loaded = async (...args: string[]) => {
    await writeFile(log, '');
    await rig.run(args, { node: ['--import', spy] });
    return (await readFile(log, 'utf8')).split('\n').map((url) => url.slice(url.lastIndexOf('/') + 1));
  };
  const isHeavy = (name: string) => /^(?:engine|openai|node-engine|run-|server|lib)/.test(name);
  expect((await loaded('--version')).filter(isHeavy)).toEqual([]);
  expect((await loaded('--help')).filter(isHeavy)).toEqual([]);
  expect((await loaded('--frob')).filter(isHeavy)).toEqual([]);
  expect((await loaded('doctor')).filter((name) => name.startsWith('openai'))).toEqual([]);
  expect((await loaded('hi')).filter((name) => /^(?:server|desktop)|hono|electron|pty/.test(name))).toEqual([]);
});

test('the settings choose the output format if there is no flag', async () => {
  const rig = await setUp(() => ({ content: 'Hello.' }));
  const path = join(rig.home, '.qwen', 'settings.json');
  const settings = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>; // the rig's own type type
  await writeFile(path, JSON.stringify({ ...settings, output: { format: 'json' } }));
  expect(JSON.parse((await rig.run(['hi'])).out)).toMatchObject([{ type: 'system' }, { type: 'assistant' }, { type: 'result' }]);
  expect((await rig.run(['-o', 'text', 'hi'])).out).toBe('Hello.\n');
});
