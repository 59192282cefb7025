/** One session that a program controls: prompts in sequence, events as messages, approvals as requests to the program. */
import { randomUUID } from 'node:crypto';
import { type HostEvent, type ItemId, type ToolItem, type TurnResult } from '../../../preload/contract/index.ts';
import { EngineError, reportableError } from '../../engine/index.ts';
import { offered, toInitMessage } from '../output/init-message.ts';
import { awaitServers } from '../output/mcp-status.ts';
import { createThreadMapper } from '../output/thread-mapper.ts';
import { toResultMessage } from '../output/result-message.ts';
import { type CallsById, noteCall, summarizeRun } from '../output/run-stats.ts';
import type { ResultTexts } from '../output/tool-result-text.ts';
import { settleBackgroundTasks } from './background-tasks.ts';
import { createClientServers } from './client-servers.ts';
import type { ControlMessage } from './control-message.ts';
import { answerControlRequest, type ControlRequestDeps } from './control-requests.ts';
import type { OpenedSession } from './open-session.ts';
import { createPermissionRequests } from './permission-requests.ts';
import { waitingQuestion } from './question-requests.ts';
import { createRetryHeartbeat, createRetryNotice } from './retry-heartbeat.ts';
import { fail, type RunContext } from './run-context.ts';
import { answerSlash } from './slash-prompt.ts';
import { NO_TURN, outcomeOf } from './turn-outcome.ts';

/** Ownership: the creator calls `close`. */
export interface StreamSession {
  /** Prints the messages of one prompt, its result last. Resolves with an exit code if that ends the run. */
  answer(prompt: string, signal: AbortSignal): Promise<number | undefined>;
  /** Handles a request or a response of the program. Resolves when a request is answered; never rejects. */
  control(message: Extract<ControlMessage, { kind: 'request' | 'response' }>): Promise<void>;
  /** Approvals are not answered any more. */
  inputEnded(): void;
  settleTasks(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The approval or the question may have been withdrawn before the answer arrived. */
function ifPending(answer: () => void): void {
  try {
    answer();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}

/** For a prompt without a turn. */
const NO_RESULT: TurnResult = { ...NO_TURN, end: 'failed' };

export interface StreamStart extends OpenedSession {
  readonly results: ResultTexts;
  /** The names of the subagents that the program brought. */
  readonly agents: readonly string[];
}

export function createStreamSession(run: RunContext, opened: StreamStart): StreamSession {
  const { engine, args, clock, writer, say } = run;
  const { project, results: resultTexts } = opened;
  let { snapshot } = opened;
  let sessionId = snapshot.summary.id;
  let session = engine.sessions.get(sessionId);
  const inputs = new Map<ItemId, NonNullable<ToolItem['input']>>();
  const retries = run.unattendedRetry ? createRetryHeartbeat(clock, say) : createRetryNotice(clock, say);
  let { mode, context } = snapshot;
  let modelRef = snapshot.model;
  let model = snapshot.model?.modelId ?? args.model ?? '';
  /** The servers that the program brought are known to the engine. */
  let initialized = Promise.resolve();
  let mapper = newMapper();
  const calls: CallsById = new Map();
  const questions = new Set<ItemId>();
  let results: TurnResult[] = [];
  let isTurnRunning = snapshot.turn !== undefined;
  let queued = 0;
  let wake = () => {};

  const permissions = createPermissionRequests({
    clock,
    newId: randomUUID,
    send: (message) => writer.message(message),
    resolve(approval, decision) {
      ifPending(() =>
        decision.kind === 'allow_with'
          ? session.approvals.allowWith(approval.id, approval.digest, decision.input)
          : session.approvals.resolve(approval.id, approval.digest, decision),
      );
    },
    answerQuestion: (callId, answers) => ifPending(() => session.questions.answer(callId, answers)),
  });
  const servers = createClientServers({
    engine,
    projectId: project.id,
    clock,
    newId: randomUUID,
    send: (message) => writer.message(message),
  });
  const requests: ControlRequestDeps = {
    engine,
    projectId: project.id,
    get session() {
      return session;
    },
    send: (message) => writer.message(message),
    say,
    setAnswerMs: permissions.setAnswerMs,
    now: () => ({ model, modelRef, context }),
  };
  const unsubscribe = engine.subscribe((event) => {
    if ('sessionId' in event.data && event.data.sessionId === sessionId) onEvent(event);
  });

  function newMapper() {
    return createThreadMapper({
      sessionId,
      model,
      newId: randomUUID,
      includePartials: args.includePartialMessages,
      takeResult: resultTexts.take,
    });
  }

  function onEvent(event: HostEvent): void {
    noteCall(calls, event);
    for (const message of mapper.push(event)) writer.message(message);
    switch (event.event) {
      case 'item.added':
        if (event.data.item.kind === 'tool' && event.data.item.input !== undefined) inputs.set(event.data.item.id, event.data.item.input);
        return;
      case 'item.changed':
        if (event.data.item.kind === 'tool') onToolChanged(event.data.item);
        return;
      case 'approval.requested':
        return permissions.ask(event.data.approval, inputs.get(event.data.approval.toolCallId) ?? {});
      case 'approval.resolved':
        return permissions.withdrawn(event.data.approvalId);
      case 'session.modeChanged':
        mode = event.data.mode;
        return;
      case 'session.modelChanged':
        modelRef = event.data.model;
        model = modelRef.modelId;
        return;
      case 'context.changed':
        context = event.data.context;
        return;
      case 'queue.changed':
        queued = event.data.queue.filter(({ isHeld }) => isHeld !== true).length; // the others do not continue by themselves
        return wake();
      case 'turn.started':
        isTurnRunning = true;
        return;
      case 'turn.changed':
        return retries.update(event.data.turn);
      case 'turn.ended':
        retries.update(undefined);
        inputs.clear();
        results.push(event.data.result);
        isTurnRunning = false;
        return wake();
      default:
        return;
    }
  }

  function onToolChanged(item: ToolItem): void {
    const question = waitingQuestion(item);
    if (question === undefined) {
      if (questions.delete(item.id)) permissions.withdrawn(item.id);
      return;
    }
    if (questions.has(item.id)) return;
    questions.add(item.id);
    permissions.askQuestion(item, question, inputs.get(item.id) ?? {});
  }

  /** Later prompts go to a new session with the same mode and model; the old one stays in its file. */
  async function clear(): Promise<void> {
    const old = sessionId;
    const [lastMode, lastModel] = [mode, modelRef];
    snapshot = await opened.renew();
    sessionId = snapshot.summary.id;
    session = engine.sessions.get(sessionId);
    ({ mode, context } = snapshot);
    session.setMode(lastMode);
    if (lastModel !== undefined) session.setModel(lastModel);
    await engine.sessions.close(old);
  }

  async function until(isReached: () => boolean, signal: AbortSignal): Promise<void> {
    const stop = () => wake();
    signal.addEventListener('abort', stop);
    const keepAlive = setInterval(() => {}, 60_000); // a promise alone does not keep the process running
    while (!isReached() && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    clearInterval(keepAlive);
    signal.removeEventListener('abort', stop);
  }

  /** The turn of the prompt: by its id, or, if the prompt was queued behind a turn of the engine, the last one. */
  async function ask(prompt: string, signal: AbortSignal): Promise<TurnResult | undefined> {
    const { turnId } = await session.prompt(prompt, randomUUID());
    const own = () => (turnId === undefined ? results.at(-1) : results.find((result) => result.turnId === turnId));
    await until(() => own() !== undefined && !isTurnRunning && queued === 0, signal);
    return own();
  }

  function tellFailure(result: TurnResult, message: string): void {
    writer.end(toResultMessage(result, { sessionId, uuid: randomUUID(), error: message }), summarizeRun(model, calls, result));
  }

  return {
    async answer(prompt, signal) {
      await Promise.all([initialized, until(() => !isTurnRunning, signal)]);
      if (signal.aborted) return undefined;
      mapper = newMapper();
      calls.clear();
      results = [];
      const [names, started] = await Promise.all([offered(engine, snapshot), awaitServers(run, project.id, signal)]);
      if (signal.aborted) return undefined;
      const agents = [...new Set([...names.agents, ...opened.agents])];
      const facts = { uuid: randomUUID(), cwd: run.cwd, version: run.version, model, mode, ...names, agents, servers: started };
      writer.message(toInitMessage(snapshot, facts));
      if (prompt.trim() === '') {
        tellFailure(NO_RESULT, 'The message has no text.');
        return undefined;
      }
      try {
        const said = await answerSlash(session, prompt);
        if (said !== undefined) {
          const head = { sessionId, uuid: randomUUID(), text: said.text };
          writer.end(toResultMessage(NO_TURN, head), summarizeRun(model, calls, NO_TURN));
          if (said.clears === true) await clear();
          return undefined;
        }
        const result = await ask(prompt, signal);
        if (result === undefined) return undefined; // the run was aborted
        const outcome = outcomeOf(result, run.limits, calls.size);
        if (outcome.kind === 'limit') return fail(run, outcome.failure);
        if (outcome.kind === 'failed') {
          tellFailure(result, result.end === 'cancelled' ? 'Operation cancelled.' : outcome.failure.message);
          return undefined;
        }
        const head = { sessionId, uuid: randomUUID(), text: mapper.lastText() };
        writer.end(toResultMessage(result, head), summarizeRun(model, calls, result));
      } catch (error) {
        if (signal.aborted) return undefined;
        const coded = reportableError(error);
        if (coded === undefined) throw error;
        say(coded.message);
        tellFailure(NO_RESULT, coded.message);
      }
      return undefined;
    },
    async control(message) {
      if (message.kind === 'response') {
        if (!servers.answered(message.id, message.answer, message.error)) permissions.answered(message.id, message.answer, message.error);
        return;
      }
      const answered = answerControlRequest(requests, message.id, message.payload);
      if (message.payload.subtype !== 'initialize') return await answered;
      // The program learns first that it is understood; then its servers get their first message.
      initialized = answered
        .then(() => servers.add(message.payload))
        .catch((error: unknown) => say(`The servers of the program are not used: ${String(error)}`));
      await initialized;
    },
    inputEnded() {
      permissions.close();
      servers.close();
    },
    async settleTasks(signal) {
      do await until(() => !isTurnRunning, signal);
      while (
        !signal.aborted &&
        (await settleBackgroundTasks({ engine, sessionId, clock, choice: args.background, say }, signal)) === 'turn'
      );
    },
    close() {
      unsubscribe();
      retries.update(undefined);
    },
  };
}
