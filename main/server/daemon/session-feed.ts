/**
 * What happens in one session as the numbered events of `GET /session/:id/events`, and what waits for an answer. The updates are
 * those that editors receive. Source: docs/formats.md 8.
 */
import {
  type Approval,
  type ApprovalDecision,
  type ApprovalMode,
  defined,
  type HostEvent,
  type ItemId,
  type ModelRef,
  type QueuedPrompt,
  type SessionId,
  type SessionSnapshot,
  type TurnEnd,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import {
  type AskedQuestion,
  createUpdateMapper,
  shownDiff,
  slashChunk,
  toPermissionRequest,
  toQuestionRequest,
} from '../../acp-shapes/index.ts';
import type { Clock } from '../../engine/index.ts';
import { createEventLog, type EventLog } from './event-log.ts';

/** `clientId`: who sent the prompt. */
export interface RunningPrompt {
  readonly promptId: string;
  readonly clientId?: string | undefined;
}

export interface SessionFeed {
  readonly log: EventLog;
  /** By the id of their request. */
  readonly approvals: ReadonlyMap<string, Approval>;
  readonly questions: ReadonlyMap<string, AskedQuestion>;
  readonly now: () => SessionNow;
  event(event: HostEvent): void;
  /** The text that the model reads, before the event of the call's end. */
  noteResult(callId: ItemId, text: string): void;
  /** Before the prompt is sent. */
  expectPrompt(prompt: RunningPrompt): void;
  /** The prompt was refused or taken out of the queue. */
  forgetPrompt(promptId: string, reason?: 'cancelled'): void;
  /** The answer to a slash command that needs no turn; it ends the prompt. */
  answerPrompt(promptId: string, text: string): void;
  add(type: string, data: Readonly<Record<string, unknown>>): void;
}

export interface SessionNow {
  readonly title: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly isRunning: boolean;
  readonly hasFailed: boolean;
  readonly mode: ApprovalMode;
  readonly model: ModelRef | undefined;
  readonly queue: readonly QueuedPrompt[];
  readonly prompt: RunningPrompt | undefined;
}

export interface FeedFacts {
  readonly id: SessionId;
  readonly root: string;
  readonly snapshot: SessionSnapshot;
  readonly clock: Clock;
  /** The update that begins the events: the slash commands. */
  readonly greeting: () => Promise<object>;
}

interface Draft {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const STOP_REASONS = {
  completed: 'end_turn',
  cancelled: 'cancelled',
  interrupted: 'cancelled',
  failed: 'error',
  max_turns: 'max_turn_requests',
} as const satisfies Record<TurnEnd, string>;

/** The id of the option that stands for a decision. */
const OPTIONS = {
  once: 'proceed_once',
  session: 'proceed_always',
  project: 'proceed_always_project',
  user: 'proceed_always_user',
} as const;

export function createSessionFeed({ id, root, snapshot, clock, greeting }: FeedFacts): SessionFeed {
  const log = createEventLog();
  const approvals = new Map<string, Approval>(snapshot.approvals.map((approval) => [approval.id, approval]));
  const questions = new Map<string, AskedQuestion>();
  const expected = new Map<string, RunningPrompt>();
  let running: RunningPrompt | undefined;
  let { mode, model } = snapshot;
  let queue: readonly QueuedPrompt[] = snapshot.queue;
  let { title, createdAtMs, updatedAtMs } = snapshot.summary;
  let isRunning = snapshot.turn !== undefined;
  let hasFailed = false;
  let busy: Promise<void> | undefined;
  const mapper = createUpdateMapper({
    root,
    nowMs: () => clock.now(),
    isOwnPrompt: () => false,
    isPrompting: () => running !== undefined,
    diff: (display, side) => shownDiff(display, side, { root }),
  });

  /** In order: a draft that needs a file holds up those after it. */
  function write(make: Draft | (() => Promise<readonly Draft[]>)): void {
    const facts = running;
    const append = ({ type, data }: Draft) => void log.append(type, (eventId) => toJson(eventId, type, data, facts));
    if (busy === undefined && typeof make !== 'function') return append(make);
    const next = (busy ?? Promise.resolve())
      .then(async () => {
        for (const draft of typeof make === 'function' ? await make() : [make]) append(draft);
      })
      .catch(() => undefined) // the file is gone: the event of the call's end said what happened
      .finally(() => {
        if (busy === next) busy = undefined;
      });
    busy = next;
  }

  function toJson(eventId: number, type: string, data: Draft['data'], facts: RunningPrompt | undefined): string {
    return JSON.stringify({
      ...{ id: eventId, v: 1, type },
      ...defined({ promptId: facts?.promptId }),
      data: { sessionId: id, ...data },
      ...defined({ originatorClientId: facts?.clientId }),
      _meta: { serverTimestamp: clock.now() },
    });
  }

  const toUpdate = (update: object): Draft => ({ type: 'session_update', data: { update } });

  function requestApproval(approval: Approval): void {
    approvals.set(approval.id, approval);
    write(async () => {
      const { display } = approval;
      const diff = display.kind === 'diff' ? await shownDiff(display, 'before', { root }) : undefined;
      const { options, toolCall } = toPermissionRequest(approval, { root, input: mapper.inputOf(approval.toolCallId), diff });
      return [{ type: 'permission_request', data: { requestId: approval.id, toolCall, options } }];
    });
  }

  function resolved(requestId: string, decision: ApprovalDecision | undefined): void {
    const optionId = decision?.kind === 'allow' ? OPTIONS[decision.scope] : 'cancel';
    const outcome = decision === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId };
    write({ type: 'permission_resolved', data: { requestId, outcome } });
  }

  function question(event: HostEvent): void {
    if (event.event !== 'item.added' && event.event !== 'item.changed') return;
    const { item } = event.data;
    if (item.kind !== 'tool' || item.display.kind !== 'question') return;
    if (item.display.state !== 'asked') {
      if (questions.delete(item.id)) resolved(item.id, item.display.state === 'answered' ? { kind: 'allow', scope: 'once' } : undefined);
      return;
    }
    if (questions.has(item.id)) return;
    const asked: AskedQuestion = { sessionId: id, item, display: item.display, input: item.input ?? mapper.inputOf(item.id) };
    questions.set(item.id, asked);
    const { options, toolCall } = toQuestionRequest(asked, 0);
    write({ type: 'permission_request', data: { requestId: item.id, toolCall, options } });
  }

  function endTurn({ end, error, usage }: TurnResult): void {
    const promptId = running?.promptId;
    hasFailed = end === 'failed';
    if (end === 'cancelled') write({ type: 'prompt_cancelled', data: {} });
    const code = error?.code ?? 'turn_error';
    const message = error?.message ?? 'The turn failed; its last row says why.';
    if (end === 'failed' && promptId !== undefined) write({ type: 'turn_error', data: { promptId, code, message } });
    else write({ type: 'turn_complete', data: { stopReason: STOP_REASONS[end], ...defined({ promptId, error }), usage } });
    if (promptId !== undefined) expected.delete(promptId);
    running = undefined;
    isRunning = false;
  }

  function change(event: HostEvent): void {
    switch (event.event) {
      case 'approval.requested':
        return requestApproval(event.data.approval);
      case 'approval.resolved':
        return approvals.delete(event.data.approvalId) ? resolved(event.data.approvalId, event.data.decision) : undefined;
      case 'session.modeChanged':
        write({ type: 'approval_mode_changed', data: { previous: mode, next: event.data.mode, persisted: false } });
        mode = event.data.mode;
        return;
      case 'session.modelChanged':
        model = event.data.model;
        return write({ type: 'model_switched', data: { modelId: model.modelId } });
      case 'session.changed': {
        const { summary } = event.data;
        if (summary.title !== title) write({ type: 'session_metadata_updated', data: { displayName: summary.title } });
        ({ title, createdAtMs, updatedAtMs } = summary);
        return;
      }
      case 'queue.changed':
        queue = event.data.queue;
        for (const { localId, isHeld } of queue) if (isHeld === true && expected.has(localId)) hold(localId);
        return;
      case 'turn.started':
        isRunning = true;
        return;
      case 'turn.ended':
        return endTurn(event.data.result);
      default:
        return question(event);
    }
  }

  function hold(promptId: string): void {
    expected.delete(promptId);
    const message = 'The turn for this prompt could not start. Open the session in Gantry to see why, and send it again.';
    write({ type: 'turn_error', data: { promptId, code: 'held', message } });
  }

  write(async () => [toUpdate(await greeting())]);

  return {
    ...{ log, approvals, questions },
    now: () => ({ title, createdAtMs, updatedAtMs, isRunning, hasFailed, mode, model, queue, prompt: running }),
    event(event) {
      // A prompt that steers a running turn belongs to it; any other begins the next one.
      if (event.event === 'item.added' && event.data.item.kind === 'user' && running === undefined) {
        const { localId } = event.data.item;
        if (localId !== undefined) running = expected.get(localId) ?? { promptId: localId };
      }
      for (const update of mapper.event(event))
        write(typeof update === 'function' ? async () => (await update()).map(toUpdate) : toUpdate(update));
      change(event);
    },
    noteResult: mapper.noteResult,
    expectPrompt: (prompt) => void expected.set(prompt.promptId, prompt),
    forgetPrompt(promptId, reason) {
      if (expected.delete(promptId) && reason !== undefined) write({ type: 'turn_complete', data: { stopReason: reason, promptId } });
    },
    answerPrompt(promptId, text) {
      expected.delete(promptId);
      write(toUpdate(slashChunk(text)));
      write({ type: 'turn_complete', data: { stopReason: STOP_REASONS.completed, promptId } });
    },
    add: (type, data) => write({ type, data }),
  };
}
