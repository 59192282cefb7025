/** Conversations of the suite with the programs: the model's answers, and the history that each program sends. */
import { join } from 'node:path';
import { historyOf, type Said, saidBy } from './history.ts';
import { type Ended, type ProgramName, run } from './programs.ts';
import type { Answer, SentRequest } from './recording-model.ts';
import type { World } from './world.ts';

/** What a prompt makes the model do; each answer is different, so that they cannot be confused. */
export function scriptOf(world: World) {
  let count = 0;
  const promptTokens = 5000; // 0.15.10 rejects a summary unless it is shorter than this by more than 1000
  return ({ body: { messages } }: SentRequest): Answer => {
    const last = messages.at(-1);
    const text =
      JSON.stringify(last?.content ?? '')
        .split('\\n')
        .at(-1) ?? '';
    count += 1;
    if (JSON.stringify(messages).includes('state_snapshot') && last?.role === 'user' && !text.includes('PROMPT'))
      return { text: '<state_snapshot>They read two files.</state_snapshot>', promptTokens };
    if (last?.role === 'user' && text.includes('PROMPT refuse')) return { status: 400 };
    if (last?.role !== 'user' || !text.includes('PROMPT read'))
      return { thinking: `Thought ${count}`, text: `Answer ${count} – ✓`, promptTokens };
    const read = (id: string, file: string) => ({ id, name: 'read_file', input: { file_path: join(world.project, file) } });
    return {
      promptTokens,
      thinking: `Thought ${count}`,
      text: `I look at them (${count}).`,
      calls: [read(`call_${count}a`, 'notes.txt'), read(`call_${count}b`, 'missing.txt')],
    };
  };
}

export interface Asked {
  readonly ended: Ended;
  /** The first request. */
  readonly sent: readonly Said[];
  /** The last request and its answer. */
  readonly after: readonly Said[];
}

/** Prompts `program` and returns the resulting conversation as the model receives it. Without `id`: the latest session. */
export async function ask(
  program: ProgramName,
  world: World,
  prompt: string,
  { isFirst = false, id }: { isFirst?: boolean; id?: string } = {},
): Promise<Asked> {
  const answers: Answer[] = [];
  const which = id !== undefined ? ['--resume', id] : isFirst ? [] : ['--continue'];
  const script = world.model.answer;
  const before = world.model.requests.length;
  world.model.answer = (request) => {
    const answer = script(request);
    answers.push(answer);
    return answer;
  };
  const ended = await run(program, world, ['-p', `PROMPT ${prompt}`, '-o', 'json', ...which]);
  world.model.answer = script;
  const requests = world.model.requests.slice(before).map(historyOf);
  const lastAnswer = answers.at(-1);
  if (lastAnswer === undefined) throw new Error(`${program} asked the model nothing: ${ended.out.slice(-600)}${ended.err}`);
  const after = [...(requests.at(-1) ?? []), ...(lastAnswer.status === undefined ? [saidBy(lastAnswer)] : [])];
  return { ended, sent: requests[0] ?? [], after };
}
