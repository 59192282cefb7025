/** The built command line, in a separate process, against a scripted model on loopback. */
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GANTRY_VERSION } from '../local/version.ts';
import { callThenSay, finish, lastPrompt, parseLines, setUp, type Message } from './cli.fixture.ts';

const UUID = '3f2b8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f';

/** Ids of live processes whose command line contains the mark. Linux. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'latin1').includes(mark) && !/\) Z /.test(readFileSync(`/proc/${id}/stat`, 'latin1'));
    } catch {
      return false; // it ended during the search
    }
  });
}

test('standard output holds only the answer to the prompt', async () => {
  const { run, requests } = await setUp();
  expect(await run(['-p', 'hi'])).toEqual({ code: 0, signal: null, out: 'Hello there.\n', err: '' });
  expect(lastPrompt(requests)).toContain('hi');
});

test('piped text goes before the prompt', async () => {
  const { run, requests } = await setUp();
  expect((await run(['prompt part'], { stdin: 'stdin part\n' })).code).toBe(0);
  expect(lastPrompt(requests)).toContain('stdin part\n\n\nprompt part');
});

test('piped text alone is the prompt, and none at all is an error', async () => {
  const { run, requests } = await setUp();
  expect((await run([], { stdin: 'only this' })).code).toBe(0);
  expect(lastPrompt(requests)).toContain('only this');
  expect(await run([])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('There is no prompt') });
});

test('json is one array, with the tool call, its result, and the sum of the usage', async () => {
  const { run, project } = await setUp(callThenSay('read_file', { file_path: 'notes.txt' }));
  const { code, out, err } = await run(['-o', 'json', '-p', 'read it']);
  expect([code, err]).toEqual([0, '']);
  const messages: Message[] = JSON.parse(out);
  expect(messages.map(({ type }) => type)).toEqual(['system', 'assistant', 'user', 'assistant', 'result']);
  expect(messages[0]).toMatchObject({ subtype: 'init', cwd: project, model: 'scripted', permission_mode: 'default' });
  const [, call, result, answer, end] = messages;
  const toolUse = { type: 'tool_use', id: expect.any(String), name: 'read_file' };
  expect(call).toMatchObject({ message: { content: [toolUse], stop_reason: 'tool_use', usage: { input_tokens: 100, output_tokens: 20 } } });
  expect(result).toMatchObject({ message: { content: [{ type: 'tool_result', content: expect.any(String) }] } });
  expect(answer).toMatchObject({ message: { content: [{ type: 'text', text: 'Done.' }], usage: { input_tokens: 200, output_tokens: 5 } } });
  expect(end).toMatchObject({
    subtype: 'success',
    is_error: false,
    num_turns: 2,
    result: 'Done.',
    usage: { input_tokens: 300, output_tokens: 25, total_tokens: 325 },
    stats: { tools: { totalCalls: 1, byName: { read_file: { count: 1 } } } },
  });
});

test('stream-json with partial messages brackets the answer', async () => {
  const { run } = await setUp();
  const { code, out } = await run(['-o', 'stream-json', '--include-partial-messages', 'hi']);
  expect(code).toBe(0);
  const messages = parseLines(out);
  expect(messages.filter(({ type }) => type !== 'stream_event').map(({ type }) => type)).toEqual(['system', 'assistant', 'result']);
  const events = messages.flatMap(({ type, event }) => (type === 'stream_event' ? [event as { type: string }] : [])); // required by the format
  expect([events[0]?.type, events.at(-1)?.type]).toEqual(['message_start', 'message_stop']);
  expect(messages.at(-1)).not.toHaveProperty('stats');
});

test('an error of the model is exit 1, printed on both outputs, without the key', async () => {
  const { run } = await setUp(() => ({ error: { message: 'Incorrect API key', type: 'invalid_request_error' }, status: 401 }));
  const text = await run(['hi']);
  expect(text).toMatchObject({ code: 1, out: '', err: expect.stringContaining('[API Error: ') });
  const json = await run(['-o', 'json', 'hi']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out).at(-1)).toMatchObject({ subtype: 'error_during_execution', is_error: true });
  expect(JSON.parse(json.err)).toMatchObject({ error: { code: 1, message: expect.stringContaining('[API Error: ') } });
  expect(text.err + json.err + json.out).not.toContain('canary');
});

test('a missing key is exit 52 and names the variable', async () => {
  const { run, requests, home } = await setUp();
  const entry = { id: 'scripted', baseUrl: 'https://models.example.invalid/v1', envKey: 'SCRIPTED_KEY' };
  writeFileSync(join(home, '.qwen', 'settings.json'), JSON.stringify({ modelProviders: { openai: [entry] }, model: { name: 'scripted' } }));
  const { code, err } = await run(['hi'], { env: { SCRIPTED_KEY: '' } });
  expect(code).toBe(52);
  expect(err).toContain('SCRIPTED_KEY');
  expect(requests).toEqual([]);
});

test('a command is refused in the default mode, listed, and the flag is named', async () => {
  const { run } = await setUp(callThenSay('run_shell_command', { command: 'touch made', is_background: false }));
  const { code, out, err } = await run(['-o', 'json', 'make it']);
  expect(code).toBe(0);
  expect(JSON.parse(out).at(-1)).toMatchObject({
    permission_denials: [{ tool_name: 'run_shell_command', tool_input: { command: 'touch made' } }],
  });
  expect(err).toContain('--allowed-tools run_shell_command');
});

test.each([[['--yolo']], [['--allowed-tools', 'run_shell_command']]])('with %j the command runs', async (flags) => {
  const { run, project } = await setUp(callThenSay('run_shell_command', { command: 'echo made > made.txt', is_background: false }));
  expect(await run([...flags, 'make it'])).toMatchObject({ code: 0, out: 'Done.\n' });
  expect(readFileSync(join(project, 'made.txt'), 'utf8')).toBe('made\n');
});

test.each<[string[], number, RegExp]>([
  [['--max-session-turns', '1'], 53, /--max-session-turns/],
  [['--max-tool-calls', '0'], 55, /^Run aborted: tool-call budget of 0 exceeded \(--max-tool-calls\); observed 1\.\n$/],
])('%j ends the run with %i and no result', async (flags, exitCode, message) => {
  const { run } = await setUp(callThenSay('list_directory', { path: '.' }));
  const { code, out, err } = await run([...flags, '-o', 'stream-json', 'look']);
  expect(code).toBe(exitCode);
  expect(err).toMatch(message);
  expect(parseLines(out).map(({ type }) => type)).not.toContain('result');
});

test('a limit in the settings ends the run as the flag does, and the flag overrides it', async () => {
  const toolCalls = [{ name: 'list_directory', arguments: '{"path":"."}', id: 'call_1' }];
  const { run, home, requests } = await setUp(() => (requests.length > 3 ? { content: 'Done.' } : { toolCalls }));
  const path = join(home, '.qwen', 'settings.json');
  const settings = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...settings, model: { ...settings.model, maxToolCalls: 1 } }));
  expect(await run(['look'])).toMatchObject({
    code: 55,
    err: 'Run aborted: tool-call budget of 1 exceeded (--max-tool-calls); observed 2.\n',
  });
  requests.length = 0;
  expect(await run(['--max-tool-calls', '9', 'look'])).toMatchObject({ code: 0, out: 'Done.\n' });
});

test('a session is kept under its id, listed, continued and resumed', async () => {
  const { run, requests } = await setUp();
  expect((await run(['--session-id', UUID, 'first prompt'])).code).toBe(0);
  expect((await run(['sessions', 'list'])).out).toMatch(new RegExp(`^${UUID}  \\d{4}-.*first prompt\n$`));
  expect((await run(['-c', 'second prompt'])).code).toBe(0);
  expect((await run(['-r', UUID, 'third prompt'])).code).toBe(0);
  const sent = JSON.stringify(requests.at(-1));
  expect(sent).toMatch(/first prompt.*second prompt.*third prompt/);
  expect(JSON.parse((await run(['sessions', 'list', '--json'])).out)).toMatchObject({ id: UUID, sessionId: UUID });
});

test('an unknown session is exit 1, a session id already in use is exit 42', async () => {
  const { run } = await setUp();
  expect(await run(['-r', UUID, 'x'])).toMatchObject({ code: 1, out: '' });
  await run(['--session-id', UUID, 'x']);
  expect((await run(['--session-id', UUID, 'x'])).code).toBe(42);
});

test('Ctrl+C ends the run by the signal, with its commands stopped', async () => {
  const mark = `98765.${process.pid}`;
  const { start } = await setUp(callThenSay('run_shell_command', { command: `sleep ${mark}`, is_background: false }));
  const child = start(['-y', '-o', 'json', 'wait']);
  const done = finish(child, '');
  await expect.poll(() => processesWith(mark).length).toBeGreaterThan(0);
  child.kill('SIGINT');
  const { signal, err, out } = await done;
  expect([signal, out]).toEqual(['SIGINT', '']);
  expect(JSON.parse(err)).toEqual({ error: { type: 'FatalCancellationError', message: 'Operation cancelled.', code: 130 } });
  await expect.poll(() => processesWith(mark)).toEqual([]);
});

test('a running background task is announced, and the run waits for it', async () => {
  const { run, project } = await setUp(callThenSay('run_shell_command', { command: 'sleep 1; echo late > late.txt', is_background: true }));
  const { code, err } = await run(['-y', '--background', 'wait', 'start it']);
  expect(code).toBe(0);
  expect(err).toContain('background task');
  expect(readFileSync(join(project, 'late.txt'), 'utf8')).toBe('late\n');
});

test('the run ends quietly when the reader of its output exits', async () => {
  const { start } = await setUp();
  const child = start(['-o', 'stream-json', 'hi']);
  child.stdout.destroy();
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(errors).toEqual([]);
});

test('serve prints one address with its token, answers, and ends in order on SIGTERM', async () => {
  const { start, project } = await setUp();
  const child = start(['serve', '--port', '0', project]);
  const done = finish(child, '');
  const [line] = await once(child.stdout, 'data');
  const address = /^Gantry is at (http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)\n$/.exec(String(line));
  if (address === null) throw new Error(`no address: ${String(line)}`);
  const [, url, token] = address;
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${url}/capabilities`)).status).toBe(401);
  const headers = { authorization: `Bearer ${token}` };
  expect(await (await fetch(`${url}/capabilities`, { headers })).json()).toMatchObject({ v: 1, workspaceCwd: project });
  const second = await finish(start(['serve', '--port', new URL(url ?? '').port]), '');
  expect(second).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/Port \d+ is in use.*--port/) });
  child.kill('SIGTERM');
  expect(await done).toMatchObject({ code: 0, signal: null, err: '' });
});

test('serve answers a prompt over HTTP and streams its events', async () => {
  const { start, project } = await setUp();
  const child = start(['serve', '--port', '0', project]);
  const done = finish(child, '');
  const [line] = await once(child.stdout, 'data');
  const address = new URL(/http\S+/.exec(String(line))?.[0] ?? '');
  const headers = { authorization: `Bearer ${address.hash.slice('#token='.length)}` };
  const post = async (path: string, body: unknown): Promise<Message> =>
    (await fetch(address.origin + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  const { sessionId } = await post('/session', {});
  const { promptId } = await post(`/session/${String(sessionId)}/prompt`, { prompt: [{ type: 'text', text: 'hi' }] });
  const events = await fetch(`${address.origin}/session/${String(sessionId)}/events`, { headers: { ...headers, 'last-event-id': '0' } });
  let text = '';
  for await (const chunk of events.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes('turn_complete')) break;
  }
  expect(text).toMatch(/user_message_chunk.*"hi"/);
  expect(text).toMatch(/agent_message_chunk/);
  expect(text).toMatch(new RegExp(`event: turn_complete\\ndata: .*"promptId":"${String(promptId)}".*"stopReason":"end_turn"`));
  child.kill('SIGTERM');
  expect(await done).toMatchObject({ code: 0, err: '' });
});

test('--version does not load the engine', async () => {
  const { run } = await setUp();
  expect(await run(['--version'])).toEqual({ code: 0, signal: null, out: `${GANTRY_VERSION}\n`, err: '' });
  expect((await run(['--help'])).out).toContain('--output-format');
  expect(await run(['--frob'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--frob') });
});
