/**
 * One headless run: a session, a prompt, its messages, its end. A thin subscriber to the engine's events.
 * Flow: open project and session; print `init`; prompt; map events to messages until the turn has ended and no
 * background task is left; tell what was refused; print the result.
 */
import { randomUUID } from 'node:crypto';
import { SessionId, type SessionSnapshot, type TurnResult } from '../../preload/contract/index.ts';
import { type Clock, type Engine, EngineError, type SessionOptions } from '../engine/index.ts';
import type { RunArgs } from './args.ts';
import { settleBackgroundTasks } from './background-tasks.ts';
import { describeDenials } from './denial-hints.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { formatFailure, type RunFailure } from './failure.ts';
import { createMessageMapper } from './message-mapper.ts';
import type { InitMessage } from './output-message.ts';
import type { OutputWriter } from './output-writer.ts';
import { toResultMessage } from './result-message.ts';
import { createRetryHeartbeat, createRetryNotice } from './retry-heartbeat.ts';
import { type CallsById, summarizeRun, withEvent } from './run-stats.ts';
import { addTurns } from './turn-results.ts';
import { outcomeOf } from './turn-outcome.ts';
import { watchTurns } from './turn-watch.ts';

export interface PromptRun {
  readonly engine: Engine;
  readonly args: RunArgs;
  readonly prompt: string;
  /** The folder the run works in. */
  readonly cwd: string;
  readonly version: string;
  readonly clock: Clock;
  readonly writer: OutputWriter;
  /** A line on standard error. */
  readonly say: (line: string) => void;
  /** Nobody watches: retry for ever, with a line every 30 s. */
  readonly unattendedRetry: boolean;
}

/**
 * Returns the exit code. When the signal aborts it returns soon, without a result; what still runs is the engine's to end.
 * Errors: none thrown for what the user or the environment did; those are told on standard error.
 */
export async function runPrompt(run: PromptRun, signal: AbortSignal): Promise<number> {
  try {
    const snapshot = await openSession(run);
    return await answerPrompt(run, snapshot, signal);
  } catch (error) {
    if (signal.aborted) return EXIT.failure; // the engine is being closed under the run
    if (!(error instanceof EngineError)) throw error;
    return fail(run, { message: error.message, exitCode: exitCodeOf(error.code) });
  }
}

async function openSession({ engine, args, cwd, say }: PromptRun): Promise<SessionSnapshot> {
  const project = await engine.projects.open(cwd, { remember: false, ...(args.trust ? { trust: true } : {}) });
  if (project.trust !== 'trusted' && project.projectFiles.length > 0) {
    say(`This folder is not trusted, so its own files are not used: ${project.projectFiles.join(', ')}. To use them: --trust.`);
  }
  const { problems } = await engine.settings.describe(project.id);
  for (const { path, line, column, message } of problems) {
    say(`${path}${line === undefined ? '' : `:${line}:${column ?? 1}`}: ${message} Nothing of this file is used until it is mended.`);
  }
  const options = sessionOptions(args);
  if (args.session.kind === 'new') return engine.sessions.create(project.id, options);
  if (args.session.kind === 'resume') {
    const id = SessionId.safeParse(args.session.id).data;
    if (id === undefined)
      throw new EngineError('session_unknown', `"${args.session.id}" is no session id. gantry sessions list shows them.`);
    return engine.sessions.open(project.id, id, options);
  }
  const [latest] = await engine.sessions.list(project.id);
  if (latest !== undefined) return engine.sessions.open(project.id, latest.id, options);
  say('This folder has no session to continue; a new one is started.');
  return engine.sessions.create(project.id, options);
}

function sessionOptions(args: RunArgs): SessionOptions {
  const id = args.session.kind === 'new' && args.session.id !== undefined ? SessionId.parse(args.session.id) : undefined;
  return {
    unattended: true,
    allowedTools: args.allowedTools,
    extraFolders: args.includeDirectories,
    ...(id === undefined ? {} : { sessionId: id }),
    ...(args.model === undefined ? {} : { model: { modelId: args.model } }),
    ...(args.approvalMode === undefined ? {} : { mode: args.approvalMode }),
    ...(args.systemPrompt === undefined ? {} : { systemPrompt: args.systemPrompt }),
    ...(args.appendSystemPrompt === undefined ? {} : { appendSystemPrompt: args.appendSystemPrompt }),
    ...(args.maxSessionTurns === undefined ? {} : { maxTurns: args.maxSessionTurns }),
    ...(args.maxToolCalls === undefined ? {} : { maxToolCalls: args.maxToolCalls }),
  };
}

async function answerPrompt(run: PromptRun, snapshot: SessionSnapshot, signal: AbortSignal): Promise<number> {
  const { engine, args, clock, writer, say } = run;
  if (snapshot.heldBy !== undefined) return fail(run, heldFailure(snapshot.heldBy));
  const sessionId = snapshot.summary.id;
  const model = snapshot.model?.modelId ?? args.model ?? '';
  const mapper = createMessageMapper({ sessionId, model, newId: randomUUID, includePartials: args.includePartialMessages });
  const retries = run.unattendedRetry ? createRetryHeartbeat(clock, say) : createRetryNotice(clock, say);
  let calls: CallsById = new Map();
  const watch = watchTurns(engine, sessionId, (event) => {
    calls = withEvent(calls, event);
    for (const message of mapper.push(event)) writer.message(message);
    if (event.event === 'turn.changed') retries.update(event.data.turn);
    if (event.event === 'turn.ended') retries.update(undefined);
  });

  try {
    writer.message(initMessage(run, snapshot, model));
    await engine.sessions.prompt(sessionId, run.prompt, randomUUID());
    do await watch.untilIdle(signal);
    while (!signal.aborted && (await settleBackgroundTasks({ engine, sessionId, clock, choice: args.background, say }, signal)) === 'turn');
  } finally {
    watch.close();
    retries.update(undefined);
  }
  if (signal.aborted) return EXIT.failure;
  return tellEnd(run, { sessionId, model, calls, result: addTurns(watch.results), text: mapper.lastText() });
}

interface RunEnd {
  readonly sessionId: SessionId;
  readonly model: string;
  readonly calls: CallsById;
  readonly result: TurnResult;
  readonly text: string;
}

function tellEnd(run: PromptRun, { sessionId, model, calls, result, text }: RunEnd): number {
  for (const line of describeDenials(result.denied)) run.say(line);
  const outcome = outcomeOf(result, run.args, calls.size);
  if (outcome.kind === 'limit') return fail(run, outcome.failure);
  const ending = outcome.kind === 'success' ? { text } : { error: outcome.failure.message };
  run.writer.end(toResultMessage(result, { sessionId, uuid: randomUUID(), ...ending }), summarizeRun(model, calls, result));
  return outcome.kind === 'success' ? EXIT.success : fail(run, outcome.failure);
}

function initMessage(run: PromptRun, snapshot: SessionSnapshot, model: string): InitMessage {
  return {
    type: 'system',
    subtype: 'init',
    uuid: randomUUID(),
    session_id: snapshot.summary.id,
    cwd: run.cwd,
    tools: snapshot.toolNames ?? [],
    mcp_servers: [],
    model,
    permission_mode: snapshot.mode,
    slash_commands: [],
    qwen_code_version: run.version,
    agents: [],
  };
}

function heldFailure({ pid, host }: { pid: number; host: string }): RunFailure {
  const message = `Another program is using this session (process ${pid} on ${host}). Close it there, or start a session of your own without --resume and --continue.`;
  return { message, exitCode: EXIT.failure };
}

function fail(run: PromptRun, failure: RunFailure): number {
  run.say(formatFailure(failure, run.args.outputFormat));
  return failure.exitCode;
}
