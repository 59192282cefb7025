/**
 * A run that a program controls: `--input-format stream-json`. Prompts are answered in sequence, control messages at once, even
 * during a prompt. The run ends when standard input has ended and everything is answered.
 */
import { reportableError } from '../../engine/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { createResultTexts } from '../output/tool-result-text.ts';
import { parseClientAgents } from './client-agents.ts';
import { parseControlMessage } from './control-message.ts';
import type { InputLine } from './input-lines.ts';
import { heldFailure, openSession } from './open-session.ts';
import { fail, type RunContext } from './run-context.ts';
import { createStreamSession, type StreamSession } from './stream-session.ts';

export interface StreamRun extends RunContext {
  readonly lines: AsyncIterable<InputLine>;
  /** From the command line; precedes those of the lines. */
  readonly prompt?: string;
}

/**
 * Returns the exit code. After an abort it returns soon; the engine ends running work. Errors: none thrown for causes in the
 * input, the program or the environment.
 */
export async function runStream(run: StreamRun, signal: AbortSignal): Promise<number> {
  try {
    const { first, lines } = await takeFirst(run, signal);
    const isControlled = first?.kind === 'request' && first.payload.subtype === 'initialize';
    const { agents, problems } = parseClientAgents(isControlled ? first.payload['agents'] : undefined);
    for (const problem of problems) run.say(problem);
    const results = createResultTexts();
    const opened = await openSession(run, { answers: true, answersQuestions: isControlled, agents, onToolResult: results.note });
    if (opened.snapshot.heldBy !== undefined) return fail(run, heldFailure(opened.snapshot.heldBy));
    const session = createStreamSession(run, { ...opened, results, agents: agents.map(({ name }) => name) });
    try {
      return await converse({ ...run, lines }, session, signal);
    } finally {
      session.close();
    }
  } catch (error) {
    if (signal.aborted) return EXIT.failure; // the engine is being closed under the run
    const coded = reportableError(error);
    if (coded === undefined) throw error;
    return fail(run, { message: coded.message, exitCode: exitCodeOf(coded.code) });
  }
}

/**
 * The first line, which decides about the session, and all lines, it included. A prompt of the command line comes before all lines, so
 * none is waited for.
 */
async function takeFirst({ lines, prompt }: StreamRun, signal: AbortSignal) {
  if (prompt !== undefined) return { first: undefined, lines };
  const reader = lines[Symbol.asyncIterator]();
  const aborted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  const line = await Promise.race([reader.next(), aborted]);
  const message = line?.done === false && line.value.kind === 'line' ? parseControlMessage(line.value.text) : undefined;
  async function* all(): AsyncGenerator<InputLine> {
    for (let next = line; next?.done === false; next = await reader.next()) yield next.value;
  }
  return { first: message, lines: all() };
}

async function converse(run: StreamRun, session: StreamSession, signal: AbortSignal): Promise<number> {
  let endedBy: number | undefined;
  let tellEnd = () => {};
  const ended = new Promise<void>((resolve) => (tellEnd = resolve));
  let answers = Promise.resolve();
  const enqueue = (prompt: string) => {
    answers = answers.then(async () => {
      if (endedBy !== undefined || signal.aborted) return;
      endedBy = await session.answer(prompt, signal);
      if (endedBy !== undefined) tellEnd();
    });
    answers.catch(tellEnd); // the caller that awaits the answers gets the error
  };
  if (run.prompt !== undefined) enqueue(run.prompt);
  const controls: Promise<void>[] = [];
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const over = Promise.race([ended, aborted]).then(() => true); // the rest of the input is not used
  const isInputGood = await Promise.race([readInput(run, session, { enqueue, controls }), over]);
  if (signal.aborted) return EXIT.failure;
  session.inputEnded();
  await Promise.all([answers, ...controls]);
  if (endedBy !== undefined) return endedBy;
  await session.settleTasks(signal);
  return isInputGood ? EXIT.success : EXIT.badInput;
}

/** Reads to the end. False when a line cannot be used: later lines are not read, because they may depend on it. */
async function readInput(
  run: StreamRun,
  session: StreamSession,
  { enqueue, controls }: { enqueue: (prompt: string) => void; controls: Promise<void>[] },
): Promise<boolean> {
  for await (const line of run.lines) {
    if (line.kind === 'too_long') return refuseLine(run, line.number, 'it is too long');
    const message = parseControlMessage(line.text);
    switch (message.kind) {
      case 'prompt':
        enqueue(message.text);
        break;
      case 'request':
      case 'response':
        controls.push(session.control(message));
        break;
      case 'cancel': // requests are answered at once: there is nothing to cancel
      case 'ignored':
        break;
      case 'unreadable':
        return refuseLine(run, line.number, message.reason);
      default:
        message satisfies never;
    }
  }
  return true;
}

function refuseLine(run: StreamRun, number: number, reason: string): false {
  run.say(`Line ${number} of standard input cannot be used: ${reason}. Nothing after it is read.`);
  return false;
}
