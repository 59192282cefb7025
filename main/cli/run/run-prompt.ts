/**
 * One headless run: a session, a prompt, its messages, its end. A thin subscriber to the engine's events.
 * Flow: open project and session; print `init`; prompt; map events to messages until the turn has ended and no
 * background task is left; report refused calls; print the result.
 */
import { randomUUID } from 'node:crypto';
import type { SessionId, SessionSnapshot, TurnResult } from '../../../preload/contract/index.ts';
import { isStorageError, reportableError, type SessionHandle } from '../../engine/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { offered, toInitMessage } from '../output/init-message.ts';
import { createThreadMapper } from '../output/thread-mapper.ts';
import { awaitServers } from '../output/mcp-status.ts';
import { toResultMessage } from '../output/result-message.ts';
import { type CallsById, noteCall, summarizeRun } from '../output/run-stats.ts';
import { createResultTexts, type ResultTexts } from '../output/tool-result-text.ts';
import { settleBackgroundTasks } from './background-tasks.ts';
import { describeDenials } from './denial-hints.ts';
import { heldFailure, openSession } from './open-session.ts';
import { createRetryHeartbeat, createRetryNotice } from './retry-heartbeat.ts';
import { fail, type RunContext } from './run-context.ts';
import { addTurns } from './turn-results.ts';
import { noAnswerFailure, watchStructuredAnswer } from './structured-answer.ts';
import { answerSlash } from './slash-prompt.ts';
import { NO_TURN, outcomeOf } from './turn-outcome.ts';
import { watchTurns } from './turn-watch.ts';

export interface PromptRun extends RunContext {
  readonly prompt: string;
}

/**
 * Returns the exit code. After an abort it returns soon, without a result; the engine ends running work.
 * Errors: none thrown for causes in the input or the environment; those are printed on standard error.
 */
export async function runPrompt(run: PromptRun, signal: AbortSignal): Promise<number> {
  try {
    const results = createResultTexts();
    const { snapshot } = await openSession(run, { answers: false, onToolResult: results.note });
    return await answerPrompt(run, { snapshot, results }, signal);
  } catch (error) {
    if (signal.aborted) return EXIT.failure; // the engine is being closed under the run
    const coded = reportableError(error);
    if (coded === undefined) throw error;
    return fail(run, { message: coded.message, exitCode: exitCodeOf(coded.code) });
  }
}

interface Opened {
  readonly snapshot: SessionSnapshot;
  readonly results: ResultTexts;
}

async function answerPrompt(run: PromptRun, { snapshot, results }: Opened, signal: AbortSignal): Promise<number> {
  const { engine, args, clock, writer, say } = run;
  if (snapshot.heldBy !== undefined) return fail(run, heldFailure(snapshot.heldBy));
  const sessionId = snapshot.summary.id;
  const session = engine.sessions.get(sessionId);
  const model = snapshot.model?.modelId ?? args.model ?? '';
  const mapper = createThreadMapper({
    sessionId,
    model,
    newId: randomUUID,
    includePartials: args.includePartialMessages,
    takeResult: results.take,
  });
  const retries = run.unattendedRetry ? createRetryHeartbeat(clock, say) : createRetryNotice(clock, say);
  const calls: CallsById = new Map();
  const answered = watchStructuredAnswer();
  const watch = watchTurns(engine, sessionId, (event) => {
    noteCall(calls, event);
    for (const message of mapper.push(event)) writer.message(message);
    answered.push(event);
    if (event.event === 'turn.changed') retries.update(event.data.turn);
    if (event.event === 'turn.ended') retries.update(undefined);
  });

  const stopNotices = engine.subscribe((event) => event.event === 'notice.raised' && say(event.data.message));
  try {
    const [names, servers] = await Promise.all([offered(engine, snapshot), awaitServers(run, snapshot.summary.projectId, signal)]);
    if (signal.aborted) return EXIT.failure;
    const facts = { uuid: randomUUID(), cwd: run.cwd, version: run.version, model, mode: snapshot.mode, ...names, servers };
    writer.message(toInitMessage(snapshot, facts));
    const said = await answerSlash(session, run.prompt);
    if (said !== undefined) return tellEnd(run, { sessionId, model, calls, result: NO_TURN, text: said.text, answer: undefined });
    const refused = await sendPrompt(session, run.prompt);
    if (refused !== undefined) return tellEnd(run, { sessionId, model, calls, result: refused, text: '', answer: undefined });
    do await watch.untilIdle(signal);
    while (!signal.aborted && (await settleBackgroundTasks({ engine, sessionId, clock, choice: args.background, say }, signal)) === 'turn');
  } finally {
    stopNotices();
    watch.close();
    retries.update(undefined);
  }
  if (signal.aborted) return EXIT.failure;
  return tellEnd(run, { sessionId, model, calls, result: addTurns(watch.results), text: mapper.lastText(), answer: answered.answer() });
}

/** The result of a prompt that could not be written: the run ends like one whose turn failed. Other errors are thrown. */
async function sendPrompt(session: SessionHandle, prompt: string): Promise<TurnResult | undefined> {
  try {
    await session.prompt(prompt, randomUUID());
    return undefined;
  } catch (error) {
    const coded = reportableError(error);
    if (coded === undefined || !isStorageError(coded)) throw error;
    return { ...NO_TURN, end: 'failed', error: { code: coded.code, message: coded.message } };
  }
}

interface RunEnd {
  readonly sessionId: SessionId;
  readonly model: string;
  readonly calls: CallsById;
  readonly result: TurnResult;
  readonly text: string;
  /** Of `structured_output`. */
  readonly answer: object | undefined;
}

function tellEnd(run: PromptRun, { sessionId, model, calls, result, text, answer }: RunEnd): number {
  for (const line of describeDenials(result.denied)) run.say(line);
  const ended = outcomeOf(result, run.limits, calls.size);
  const isMissing = ended.kind === 'success' && run.jsonSchema !== undefined && answer === undefined;
  const outcome = isMissing ? { kind: 'failed' as const, failure: noAnswerFailure(text) } : ended;
  if (outcome.kind === 'limit') return fail(run, outcome.failure);
  const said = answer === undefined ? { text } : { text: JSON.stringify(answer), structured: answer };
  const ending = outcome.kind === 'success' ? said : { error: outcome.failure.message };
  run.writer.end(toResultMessage(result, { sessionId, uuid: randomUUID(), ...ending }), summarizeRun(model, calls, result));
  return outcome.kind === 'success' ? EXIT.success : fail(run, outcome.failure);
}
