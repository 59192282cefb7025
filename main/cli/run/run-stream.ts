/**
 * A run that a program drives: `--input-format stream-json`. Prompts are answered one after the other, control messages at
 * once, also while a prompt is being answered. The end of standard input ends the run when everything is answered.
 */
import { reportableError } from '../../engine/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { parseControlMessage } from './control-message.ts';
import type { InputLine } from './input-lines.ts';
import { heldFailure, openSession } from './open-session.ts';
import { fail, type RunContext } from './run-context.ts';
import { createStreamSession, type StreamSession } from './stream-session.ts';

export interface StreamRun extends RunContext {
  readonly lines: AsyncIterable<InputLine>;
  /** From the command line; goes before those of the lines. */
  readonly prompt?: string;
}

/**
 * Returns the exit code. When the signal aborts it returns soon; what still runs is the engine's to end.
 * Errors: none thrown for what the user, the program or the environment did.
 */
export async function runStream(run: StreamRun, signal: AbortSignal): Promise<number> {
  try {
    const opened = await openSession(run, { answers: true });
    if (opened.snapshot.heldBy !== undefined) return fail(run, heldFailure(opened.snapshot.heldBy));
    const session = createStreamSession(run, opened);
    try {
      return await converse(run, session, signal);
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
    answers.catch(tellEnd); // the code that awaits the answers gets the error
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
