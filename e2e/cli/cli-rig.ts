/** The built command line as a separate process, with its own home and project, against a scripted model on loopback. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';

/** The output of `npm run build`. */
const CLI = join(import.meta.dirname, '..', '..', 'dist', 'main', 'cli.js');

export interface Message {
  readonly type: string;
  readonly subtype?: string;
  readonly [field: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface CliRig {
  readonly home: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly ChatCompletionRequest[];
  start(
    args: readonly string[],
    options?: { env?: Readonly<Record<string, string>>; node?: readonly string[] },
  ): ChildProcessWithoutNullStreams;
  run(
    args: readonly string[],
    options?: { stdin?: string; env?: Readonly<Record<string, string>>; node?: readonly string[] },
  ): Promise<Ended>;
  /** The records of the session file; throws if a line is not JSON. */
  records(sessionId: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export type Answer = (request: ChatCompletionRequest) => FixtureResponse;

export async function startCliRig(answer: Answer = () => ({ content: 'Hello there.' })): Promise<CliRig> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-e2e-cli-')));
  const [home, project] = [join(scratch, 'home'), join(scratch, 'project')];
  await mkdir(join(home, '.qwen'), { recursive: true });
  await mkdir(project);
  const model = new LLMock({ port: 0 });
  const requests: ChatCompletionRequest[] = [];
  model.on(
    { predicate: () => true },
    (request) => {
      requests.push(request);
      return answer(request);
    },
    { chunkSize: 1000 },
  );
  await model.start();
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', baseUrl: `${model.url}/v1`, envKey: 'SCRIPTED_KEY' }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, SHELL: '/bin/sh', SCRIPTED_KEY: 'sk-scripted' };
  const start: CliRig['start'] = (args, options = {}) =>
    spawn(process.execPath, [...(options.node ?? []), CLI, ...args], { cwd: project, env: { ...env, ...options.env } });
  return {
    home,
    project,
    env,
    requests,
    start,
    run: (args, options = {}) => finish(start(args, options), options.stdin ?? ''),
    async records(sessionId) {
      const projects = join(home, '.qwen', 'projects');
      const [folder = ''] = await readdir(projects);
      const text = await readFile(join(projects, folder, 'chats', `${sessionId}.jsonl`), 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>); // each line of the format is an object
    },
    async close() {
      await model.stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** Its complete output; without `stdin`, standard input is inherited. */
export async function finish(child: ChildProcessWithoutNullStreams, stdin?: string): Promise<Ended> {
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  child.stdin.on('error', () => {}); // it may have ended without reading
  if (stdin !== undefined) child.stdin.end(stdin);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]; // as Node documents
  return { code, signal, ...text };
}

export const parseLines = (text: string): Message[] =>
  text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Message); // required by the format

/** The text of the last prompt that the model received. */
export function lastPrompt(requests: readonly ChatCompletionRequest[]): string {
  const content = requests.at(-1)?.messages.findLast((message) => message.role === 'user')?.content;
  return typeof content === 'string' ? content : JSON.stringify(content);
}
