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
import type { ControlMessage } from './control-message.ts';
import { answerControlRequest, type ControlRequestDeps } from './control-requests.ts';
import type { OpenedSession } from './open-session.ts';
import { createPermissionRequests } from './permission-requests.ts';
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

/** For a prompt without a turn. */
const NO_RESULT: TurnResult = { ...NO_TURN, end: 'failed' };

export function createStreamSession(
  run: RunContext,
  { project, snapshot, results: resultTexts }: OpenedSession & { readonly results: ResultTexts },
): StreamSession {
  const { engine, args, clock, writer, say } = run;
  const sessionId = snapshot.summary.id;
  const session = engine.sessions.get(sessionId);
  const inputs = new Map<ItemId, NonNullable<ToolItem['input']>>();
  const retries = run.unattendedRetry ? createRetryHeartbeat(clock, say) : createRetryNotice(clock, say);
  let { mode, context } = snapshot;
  let model = snapshot.model?.modelId ?? args.model ?? '';
  let mapper = newMapper();
  const calls: CallsById = new Map();
  let results: TurnResult[] = [];
  let isTurnRunning = snapshot.turn !== undefined;
  let queued = 0;
  let wake = () => {};

  const permissions = createPermissionRequests({
    clock,
    newId: randomUUID,
    send: (message) => writer.message(message),
    resolve(approval, decision) {
      try {
        session.approvals.resolve(approval.id, approval.digest, decision);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error; // it was withdrawn before the answer arrived
      }
    },
  });
  const requests: ControlRequestDeps = {
    engine,
    projectId: project.id,
    session,
    send: (message) => writer.message(message),
    say,
    setAnswerMs: permissions.setAnswerMs,
    now: () => ({ model, context }),
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
      case 'approval.requested':
        return permissions.ask(event.data.approval, inputs.get(event.data.approval.toolCallId) ?? {});
      case 'approval.resolved':
        return permissions.withdrawn(event.data.approvalId);
      case 'session.modeChanged':
        mode = event.data.mode;
        return;
      case 'session.modelChanged':
        model = event.data.model.modelId;
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
      await until(() => !isTurnRunning, signal);
      if (signal.aborted) return undefined;
      mapper = newMapper();
      calls.clear();
      results = [];
      const [names, servers] = await Promise.all([offered(engine, snapshot), awaitServers(run, project.id, signal)]);
      if (signal.aborted) return undefined;
      const facts = { uuid: randomUUID(), cwd: run.cwd, version: run.version, model, mode, ...names, servers };
      writer.message(toInitMessage(snapshot, facts));
      if (prompt.trim() === '') {
        tellFailure(NO_RESULT, 'The message has no text.');
        return undefined;
      }
      try {
        const said = await answerSlash(session, prompt);
        if (said !== undefined) {
          const head = { sessionId, uuid: randomUUID(), text: said };
          writer.end(toResultMessage(NO_TURN, head), summarizeRun(model, calls, NO_TURN));
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
      if (message.kind === 'response') permissions.answered(message.id, message.answer, message.error);
      else await answerControlRequest(requests, message.id, message.payload);
    },
    inputEnded: permissions.close,
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
