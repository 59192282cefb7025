import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { defined, ItemId, ProviderId, ProviderSummary, SessionId, type ToolItem } from '../../preload/contract/index.ts';
import { chooseProvider } from './commands/auth-command.ts';
import { formatFailure } from './output/failure.ts';
import { mergePrompt, readPipedInput } from './run/prompt-input.ts';
import { type CallsById, noteCall } from './output/run-stats.ts';
import { createStandardOutput } from './output/standard-output.ts';
import { MAX_RESULT_BYTES, toolResultText } from './output/tool-result-text.ts';

const tool = (part: Partial<ToolItem>): ToolItem => ({
  kind: 'tool',
  id: ItemId.parse('c'),
  name: 'x',
  toolKind: 'other',
  verb: '',
  target: '',
  status: 'success',
  startedAtMs: 0,
  display: { kind: 'none' },
  ...part,
});

test.each([
  ['', 'b', 'b'],
  ['a\n', undefined, 'a\n'],
  ['a\n', '', 'a\n'],
  ['a\n', 'b', 'a\n\n\nb'],
  ['', undefined, ''],
])('standard input %j and the prompt %j become %j', (piped, prompt, expected) => {
  expect(mergePrompt(piped, prompt)).toBe(expected);
});

test('piped input is read to its end, across a split character', async () => {
  const bytes = Buffer.from('grüße');
  expect(await readPipedInput(Readable.from([bytes.subarray(0, 3), bytes.subarray(3)], { objectMode: false }), 5000)).toEqual({
    kind: 'text',
    text: 'grüße',
  });
});

test('an open pipe that sends nothing is abandoned', async () => {
  const silent = new Readable({ read() {} });
  expect(await readPipedInput(silent, 1)).toEqual({ kind: 'silent' });
  expect(silent.destroyed).toBe(true);
});

test('endless input is refused', async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(1024 * 1024, 'x'));
    },
  });
  expect(await readPipedInput(endless)).toEqual({ kind: 'too_long' });
});

test('output to an exited reader is dropped, and reported once', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })) });
  const output = createStandardOutput(broken);
  const closed = new Promise<string>((resolve) => output.onClosed(() => resolve('closed')));
  output.write('x');
  expect(await closed).toBe('closed');
  output.write('y');
  await output.flush();
});

test.each<[string, Partial<ToolItem>, string]>([
  ['a text', { display: { kind: 'text', text: 'shown' }, summary: 'short' }, 'shown'],
  ['an output', { display: { kind: 'shell', command: 'c', cwd: '/', outcome: 'completed', output: 'out' } }, 'out'],
  [
    'a command without output',
    { display: { kind: 'shell', command: 'c', cwd: '/', outcome: 'completed', output: '' }, summary: 'Exited 0' },
    'Exited 0',
  ],
  [
    'a summary before the diff',
    { display: { kind: 'diff', path: 'a', patch: '+x', added: 1, removed: 0, isNewFile: true, truncated: false }, summary: 'Wrote a' },
    'Wrote a',
  ],
  ['a list', { display: { kind: 'todos', todos: [{ id: '1', content: 'do', status: 'pending' }] } }, '[pending] do'],
  ['an error', { status: 'error', error: 'it broke', display: { kind: 'text', text: 'shown' } }, 'it broke'],
  ['a refusal', { status: 'denied', summary: 'refused' }, 'refused'],
])('the result of %s', (_name, part, expected) => {
  expect(toolResultText(tool(part))).toBe(expected);
});

test('a result is the text that the model reads, and of a command that succeeded its output', () => {
  const shell = { kind: 'shell', command: 'c', cwd: '/', outcome: 'failed', output: 'out' } as const;
  expect(toolResultText(tool({ status: 'error', error: 'Exited with code 1', display: shell }), 'Output:\nout\nExit Code: 1')).toBe(
    'Output:\nout\nExit Code: 1',
  );
  expect(toolResultText(tool({ display: { ...shell, outcome: 'completed' } }), 'Output:\nout')).toBe('out');
  expect(toolResultText(tool({ display: { ...shell, outcome: 'completed', output: '' } }), 'Exit Code: 0')).toBe('Exit Code: 0');
  expect(toolResultText(tool({ summary: 'Read a: 2 lines' }), 'one\ntwo')).toBe('one\ntwo');
});

test('a long result is reduced to its beginning and its end, in whole characters', () => {
  const text = toolResultText(tool({ display: { kind: 'text', text: `begin${'ü'.repeat(100_000)}end` } }));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RESULT_BYTES);
  expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_RESULT_BYTES - 100);
  expect(text).toMatch(/^beginü+\n\.\.\. \[\d+ bytes omitted\] \.\.\.\nü+end$/);
});

test('a failure is a sentence, or an object if JSON is requested', () => {
  const failure = { message: 'no', exitCode: 42 };
  expect(formatFailure(failure, 'stream-json')).toBe('no');
  expect(JSON.parse(formatFailure(failure, 'json'))).toEqual({ error: { type: 'FatalInputError', message: 'no', code: 42 } });
});

test('a provider is found by name or address, or as the only one that takes a key', () => {
  const provider = (name: string, envKey?: string) =>
    ProviderSummary.parse({
      id: ProviderId.parse(name),
      protocol: 'openai',
      name,
      baseUrl: `https://${name}.example/v1`,
      models: [],
      scope: 'user',
      key: { source: 'missing' },
      endpointTrusted: true,
      ...defined({ envKey }),
    });
  const [a, b, local] = [provider('a', 'A_KEY'), provider('b', 'B_KEY'), provider('local')];
  expect(chooseProvider([a, local], undefined)).toEqual({ kind: 'one', provider: a });
  expect(chooseProvider([a, b], 'https://b.example/v1')).toEqual({ kind: 'one', provider: b });
  expect(chooseProvider([a, b], undefined)).toEqual({ kind: 'none', message: expect.stringContaining('https://b.example/v1') });
  expect(chooseProvider([local], undefined)).toEqual({ kind: 'none', message: expect.stringContaining('modelProviders') });
});

test('neither the result nor the diff of a counted call stays in memory', () => {
  const calls: CallsById = new Map();
  const diff = { kind: 'diff', path: 'a', patch: '+x', added: 2, removed: 1, isNewFile: false, truncated: false } as const;
  noteCall(calls, { event: 'item.added', data: { sessionId: SessionId.parse('s'), seq: 1, item: tool({ status: 'running' }) } });
  noteCall(calls, {
    event: 'item.changed',
    data: { sessionId: SessionId.parse('s'), seq: 2, item: tool({ endedAtMs: 5, display: diff }) },
  });
  expect([...calls.values()]).toEqual([{ name: 'x', status: 'success', durationMs: 5, added: 2, removed: 1 }]);
});
