/** The built command line, in a separate process, against a scripted model on loopback. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { onTestFinished } from 'vitest';
import { CLI } from '../test/support/built-cli.ts';
import { COMPILE_CACHE } from '../test/support/compile-cache.ts';

export interface Message {
  readonly type: string;
  readonly subtype?: string;
  readonly [field: string]: unknown;
}

/** An isolated machine: home, project, and a model that answers with `answer`. */
export async function setUp(answer: (request: ChatCompletionRequest) => FixtureResponse = () => ({ content: 'Hello there.' })) {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-cli-')));
  const [home, project] = [join(scratch, 'home'), join(scratch, 'project')];
  mkdirSync(join(home, '.qwen'), { recursive: true });
  mkdirSync(project);
  writeFileSync(join(project, 'notes.txt'), 'one\ntwo\n');
  const model = new LLMock({ port: 0 });
  const requests: ChatCompletionRequest[] = [];
  model.on({ predicate: () => true }, (request) => {
    requests.push(request);
    return answer(request);
  });
  await model.start();
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', baseUrl: `${model.url}/v1`, envKey: 'SCRIPTED_KEY' }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
  };
  writeFileSync(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  onTestFinished(async () => {
    await model.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    QWEN_HOME: join(home, '.qwen'),
    GANTRY_HOME: join(home, '.gantry'),
    SHELL: '/bin/sh',
    SCRIPTED_KEY: 'sk-scripted-canary',
    ...COMPILE_CACHE,
  };
  const start = (args: string[], extraEnv: Record<string, string> = {}) =>
    spawn(process.execPath, [CLI, ...args], { cwd: project, env: { ...env, ...extraEnv } });
  const run = (args: string[], options: { stdin?: string; env?: Record<string, string> } = {}) =>
    finish(start(args, options.env), options.stdin ?? '');
  return { home, project, url: model.url, requests, start, run };
}

/** All output of the process until it ends. */
export async function finish(child: ChildProcessWithoutNullStreams, stdin: string) {
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  child.stdin.on('error', () => {}); // it may have ended without reading
  child.stdin.end(stdin);
  const [code, signal] = await once(child, 'close');
  return { code, signal, ...text };
}

/** One message per line. */
export const parseLines = (text: string): Message[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): Message => JSON.parse(line));

/** Calls the tool first, then answers with its result. */
export const callThenSay = (name: string, input: object) => (request: ChatCompletionRequest) =>
  request.messages.some((message) => message.role === 'tool')
    ? { content: 'Done.', usage: { prompt_tokens: 200, completion_tokens: 5, total_tokens: 205 } }
    : {
        toolCalls: [{ name, arguments: JSON.stringify(input), id: 'call_1' }],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      };

/** The last request to the model. */
export function lastPrompt(requests: readonly ChatCompletionRequest[]): unknown {
  return requests.at(-1)?.messages.findLast((message) => message.role === 'user')?.content;
}
