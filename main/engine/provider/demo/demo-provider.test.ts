import { expect, test } from 'vitest';
import { stillClock } from '../../settings/settings.fixture.ts';
import { collect, textOf } from '../openai/openai-provider.fixture.ts';
import type { ModelMessage, ModelRequest, ToolSchema } from '../provider.ts';
import { createDemoProvider } from './demo-provider.ts';
import { DEMO_LOOP, demoAnswer } from './demo-script.ts';

const TOOLS = ['list_directory', 'read_file', 'write_file', 'todo_write', 'run_shell_command'];
const tool = (name: string): ToolSchema => ({ name, description: '', kind: 'other', parameters: {} });
const request = (messages: readonly ModelMessage[], tools = TOOLS): ModelRequest => ({
  modelId: 'gantry-demo',
  system: '',
  messages,
  tools: tools.map(tool),
});
const user = (text: string): ModelMessage => ({ role: 'user', text });

interface Played {
  readonly calls: readonly string[];
  readonly inputs: readonly Record<string, unknown>[];
  readonly texts: readonly string[];
}

/** Plays a whole turn: every call is answered by `answer`. */
function play(
  prompt: string,
  answer: (name: string) => { text: string; isError?: boolean } = () => ({ text: 'fine' }),
  tools = TOOLS,
): Played {
  const messages: ModelMessage[] = [user(prompt)];
  const calls: string[] = [];
  const inputs: Record<string, unknown>[] = [];
  const texts: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const { text, call } = demoAnswer(request(messages, tools), '/p');
    texts.push(text);
    if (call === undefined) return { calls, inputs, texts };
    calls.push(call.name);
    inputs.push(call.input);
    const id = `c${round}`;
    messages.push({ role: 'assistant', text, thinking: '', toolCalls: [{ id, ...call }] });
    messages.push({ role: 'tool', results: [{ callId: id, name: call.name, isError: false, ...answer(call.name) }] });
  }
  throw new Error('the demo did not end');
}

test('the tour lists, reads, edits, runs a long command and ends', () => {
  const { calls, inputs, texts } = play('Show me what you can do');
  expect(calls).toEqual(['list_directory', 'read_file', 'write_file', 'run_shell_command']);
  expect(inputs).toMatchObject([{ path: '/p' }, { file_path: '/p/README.md' }, { file_path: '/p/gantry-demo.md' }, { command: DEMO_LOOP }]);
  expect(texts[0]).toContain('offline demo');
  expect(texts.at(-1)).toContain('That was the tour');
});

test('without a README it reads the first text file of the listing', () => {
  const { inputs } = play('go', (name) => ({ text: name === 'list_directory' ? 'src/\nlogo.png\nmain.py\nsetup.py' : 'fine' }));
  expect(inputs[1]).toEqual({ file_path: '/p/main.py' });
});

test.each([
  ['list', ['list_directory']],
  ['please edit something', ['write_file']],
  ['run', ['run_shell_command']],
  ['LOOP!', ['run_shell_command']],
  ['make a todo', ['todo_write']],
  ['hello', []],
  ['todo, then list', ['todo_write', 'list_directory']],
])('%j does %j', (prompt, calls) => {
  expect(play(prompt).calls).toEqual(calls);
});

test.each([
  [{ text: 'The user denied this call.', isError: true }, 'You denied it'],
  [{ text: 'The command is running in the background, task bg_1.' }, 'in the background'],
  [{ text: 'Command timed out after 5 ms', isError: true }, 'reached its timeout'],
  [{ text: 'Command was cancelled by user', isError: true }, 'stopped before it ended'],
  [{ text: 'no such file', isError: true }, 'did not work'],
  [{ text: 'Output: line 60' }, 'counted to the end'],
])('after the result %o it says what fits', (result, words) => {
  expect(play('loop', () => result).texts.at(-1)).toContain(words);
});

test('a notice of the app is not a prompt, and a reminder before a prompt is skipped', () => {
  expect(play('<task-notification><status>completed</status></task-notification>').calls).toEqual([]);
  expect(play('<system-reminder>list of run loops</system-reminder>\nhello').calls).toEqual([]);
});

test('a step whose tool is not offered is skipped', () => {
  expect(play('go', undefined, ['read_file']).calls).toEqual(['read_file']);
  expect(play('go', undefined, []).calls).toEqual([]);
});

test('it streams in small pieces and ends with usage and done', async () => {
  const events = await collect(
    createDemoProvider({ clock: stillClock(), root: '/p', pieceDelayMs: 0 }).stream(request([user('list')]), new AbortController().signal),
  );
  expect(events.filter((event) => event.type === 'text').length).toBeGreaterThan(5);
  expect(textOf(events)).toBe(demoAnswer(request([user('list')]), '/p').text);
  expect(events.slice(-3)).toMatchObject([
    { type: 'tool_call', call: { name: 'list_directory' } },
    { type: 'usage' },
    { type: 'done', reason: 'tool_calls' },
  ]);
});

test('cancelling ends it at once, even while it waits', async () => {
  const controller = new AbortController();
  const waiting = collect(createDemoProvider({ clock: stillClock(), root: '/p' }).stream(request([user('list')]), controller.signal));
  controller.abort();
  expect((await waiting).at(-1)).toMatchObject({ type: 'error', error: { code: 'cancelled' } });
});
