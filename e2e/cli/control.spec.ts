/** The control protocol of `--input-format stream-json`, used as an SDK uses it. Source: docs/formats.md 3.4. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import { expect, test } from '@playwright/test';
import { type CliRig, startCliRig } from './cli-rig.ts';
import { isReplyTo, isResult, startProgram } from './program.ts';

/** `RUN <command>` is run, `WAIT` runs a command that waits for a minute, and other text is repeated. */
function answerPrompt({ messages }: ChatCompletionRequest) {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { content: `The tool said: ${JSON.stringify(last.content)}` };
  const text = JSON.stringify(last?.content ?? '');
  const command = /RUN ([^"]*)/.exec(text)?.[1] ?? (text.includes('WAIT') ? 'sleep 60' : undefined);
  if (command === undefined) return { content: `You said: ${/said (\w+)/.exec(text)?.[1] ?? 'something'}` };
  return { toolCalls: [{ name: 'run_shell_command', arguments: JSON.stringify({ command, is_background: false }), id: 'call_1' }] };
}

let rig: CliRig;
test.beforeEach(async () => {
  rig = await startCliRig(answerPrompt);
});
test.afterEach(() => rig.close());

test('initialize, several prompts in sequence, one init and one result each, and an end with the input', async () => {
  const program = startProgram(rig);
  program.request('r1', 'initialize', { hooks: null });
  const reply = await program.next(isReplyTo('r1'));
  expect(reply).toMatchObject({
    response: {
      subtype: 'success',
      response: {
        subtype: 'initialize',
        session_id: expect.any(String),
        capabilities: { can_handle_can_use_tool: true, can_set_permission_mode: true, can_set_model: true },
      },
    },
  });
  program.prompt('I said one');
  program.prompt('I said two');
  expect(await program.next(isResult)).toMatchObject({ subtype: 'success', result: 'You said: one', num_turns: 1 });
  expect(await program.next(isResult)).toMatchObject({ subtype: 'success', result: 'You said: two', num_turns: 1 });
  expect(await program.end()).toMatchObject({ code: 0, signal: null, err: '' });
  expect(program.messages.map(({ type }) => type)).toEqual([
    'control_response',
    'system',
    'assistant',
    'result',
    'system',
    'assistant',
    'result',
  ]);
  const sessionIds = new Set(program.messages.slice(1).map((message) => message['session_id']));
  expect([...sessionIds]).toEqual([(reply['response'] as { response: { session_id: string } }).response.session_id]); // by the format
});

test('a command requests permission from the program; allowed it runs, denied the model receives the reason', async () => {
  const program = startProgram(rig);
  program.prompt('RUN echo made > made.txt');
  const asked = await program.next(({ type }) => type === 'control_request');
  expect(asked['request']).toMatchObject({
    subtype: 'can_use_tool',
    tool_name: 'run_shell_command',
    tool_use_id: expect.any(String),
    input: { command: 'echo made > made.txt', is_background: false },
    permission_suggestions: [
      { type: 'allow', label: 'Allow Command', description: 'Execute: echo made > made.txt' },
      { type: 'deny', label: 'Deny', description: 'Block this command execution' },
    ],
    blocked_path: null,
  });
  expect(existsSync(join(rig.project, 'made.txt'))).toBe(false);
  program.answer(asked['request_id'], { behavior: 'allow', updatedInput: { command: 'echo made > made.txt', is_background: false } });
  expect(await program.next(isResult)).toMatchObject({ subtype: 'success', permission_denials: [] });
  expect(await readFile(join(rig.project, 'made.txt'), 'utf8')).toBe('made\n');

  program.prompt('RUN rm made.txt');
  const again = await program.next(({ type }) => type === 'control_request');
  program.answer(again['request_id'], { behavior: 'deny', message: 'leave it there' });
  expect(await program.next(isResult)).toMatchObject({ result: expect.stringContaining('leave it there') });
  expect(existsSync(join(rig.project, 'made.txt'))).toBe(true);
  expect((await program.end()).code).toBe(0);
});

test('the mode can be changed, and then nothing needs approval', async () => {
  const program = startProgram(rig);
  program.request('m', 'set_permission_mode', { mode: 'yolo' });
  expect(await program.next(isReplyTo('m'))).toMatchObject({
    response: { subtype: 'success', response: { status: 'updated', mode: 'yolo' } },
  });
  program.prompt('RUN echo made > made.txt');
  expect(await program.next(isResult)).toMatchObject({ subtype: 'success' });
  expect(program.messages.find(({ subtype }) => subtype === 'init')).toMatchObject({ permission_mode: 'yolo' });
  expect(await readFile(join(rig.project, 'made.txt'), 'utf8')).toBe('made\n');
  expect((await program.end()).code).toBe(0);
});

test('a change of mode answers the pending approval and withdraws it', async () => {
  const program = startProgram(rig);
  program.prompt('RUN echo made > made.txt');
  const asked = await program.next(({ type }) => type === 'control_request');
  program.request('m', 'set_permission_mode', { mode: 'yolo' });
  expect(await program.next(({ type }) => type === 'control_cancel_request')).toMatchObject({ request_id: asked['request_id'] });
  expect(await program.next(isResult)).toMatchObject({ subtype: 'success' });
  expect(await readFile(join(rig.project, 'made.txt'), 'utf8')).toBe('made\n');
  await program.end();
});

test('an interrupt ends the turn with its command, and the next prompt is answered', async () => {
  const program = startProgram(rig, ['--yolo']);
  program.prompt('WAIT');
  await program.next(({ type }) => type === 'assistant');
  program.request('i', 'interrupt');
  expect(await program.next(isReplyTo('i'))).toMatchObject({ response: { subtype: 'success', response: { subtype: 'interrupt' } } });
  expect(await program.next(isResult)).toMatchObject({
    subtype: 'error_during_execution',
    is_error: true,
    error: { message: 'Operation cancelled.' },
  });
  program.prompt('I said more');
  expect(await program.next(isResult)).toMatchObject({ subtype: 'success', result: 'You said: more' });
  expect((await program.end()).code).toBe(0);
});

test('the model is set by any id, as in Qwen Code; what is unknown is answered with an error, and the run continues', async () => {
  const program = startProgram(rig);
  const replyTo = async (id: string) => (await program.next(isReplyTo(id)))['response'];
  program.request('a', 'set_model', { model: 'scripted' });
  expect(await replyTo('a')).toMatchObject({ subtype: 'success', response: { subtype: 'set_model', model: 'scripted' } });
  program.request('b', 'set_model', { model: 'nothing' });
  expect(await replyTo('b')).toMatchObject({ subtype: 'success', response: { subtype: 'set_model', model: 'nothing' } });
  program.request('c', 'set_permission_mode', { mode: 'brave' });
  expect(await replyTo('c')).toMatchObject({ subtype: 'error', error: expect.stringContaining('plan, default, auto-edit, yolo') });
  program.request('d', 'frobnicate');
  expect(await replyTo('d')).toMatchObject({ subtype: 'error', error: 'Unknown control request subtype: frobnicate' });
  program.prompt('I said on');
  expect(await program.next(isResult)).toMatchObject({ result: 'You said: on' });
  expect((await program.end()).code).toBe(0);
});

test('the end of the input denies the pending approval, and the run still ends normally', async () => {
  const program = startProgram(rig);
  program.prompt('RUN touch made.txt');
  await program.next(({ type }) => type === 'control_request');
  expect((await program.end()).code).toBe(0);
  expect(program.messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success', result: expect.stringContaining('input has ended') });
  expect(existsSync(join(rig.project, 'made.txt'))).toBe(false);
});

test('a line that is not a message is reported with its number, and ends the run with 42', async () => {
  const program = startProgram(rig);
  program.request('a', 'supported_commands');
  await program.next(isReplyTo('a'));
  program.send('{"type": oops}');
  expect(await program.end()).toMatchObject({
    code: 42,
    err: expect.stringMatching(/^Line 2 of standard input cannot be used: it is no JSON/),
  });
});

test('Ctrl+C ends a controlled run too, with its commands', async () => {
  const program = startProgram(rig, ['--yolo']);
  program.prompt('WAIT');
  await program.next(({ type }) => type === 'assistant');
  program.child.kill('SIGINT');
  expect(await program.end()).toMatchObject({ signal: 'SIGINT', err: 'Operation cancelled.\n' });
  expect(program.messages.map(({ type }) => type)).not.toContain('result');
});
