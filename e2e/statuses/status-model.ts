/** A model on loopback that requests the commands of a run in sequence, and keeps the results that it receives. */
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import type { StatusRun } from './plan.ts';

export interface StatusModel {
  readonly baseUrl: string;
  /** The prompt that starts the run. */
  promptOf(run: StatusRun): string;
  /** By the index of the command in its run. */
  resultsOf(run: StatusRun): readonly string[];
  /** Resolves when all results have arrived and the model has sent its last answer. */
  finished(run: StatusRun): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly run: StatusRun;
  readonly results: string[];
  readonly finished: PromiseWithResolvers<void>;
}

export async function startStatusModel(runs: readonly StatusRun[]): Promise<StatusModel> {
  const all = new Map(runs.map((run) => [run.index, { run, results: [], finished: Promise.withResolvers<void>() } satisfies Running]));
  const server = new LLMock({ port: 0 });
  server.on({ predicate: () => true }, (request) => answer(all, request));
  await server.start();
  const find = (run: StatusRun): Running => {
    const found = all.get(run.index);
    if (found === undefined) throw new Error(`run ${run.index} is not one of this model's`);
    return found;
  };
  return {
    baseUrl: `${server.url}/v1`,
    promptOf: ({ index }) => `Start run ${index}.`,
    resultsOf: (run) => find(run).results,
    finished: (run) => find(run).finished.promise,
    stop: () => server.stop(),
  };
}

function answer(runs: ReadonlyMap<number, Running>, { messages }: ChatCompletionRequest): FixtureResponse {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const number = /Start run (\d+)\./.exec(textOf(messages[asked]?.content))?.[1];
  const running = number === undefined ? undefined : runs.get(Number(number));
  if (running === undefined) return { content: 'Noted.' };
  const results = messages.slice(asked).filter(({ role }) => role === 'tool');
  for (const [at, { content }] of results.entries()) running.results[at] ??= textOf(content);
  const next = running.run.cases[results.length];
  if (next !== undefined) {
    const parameters = { command: next.command, description: `Case ${next.index}`, is_background: false };
    return { toolCalls: [{ name: 'run_shell_command', arguments: JSON.stringify(parameters) }] };
  }
  running.finished.resolve();
  return { content: 'All commands have run.' };
}

function textOf(content: ChatCompletionRequest['messages'][number]['content'] | undefined): string {
  return typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
}
