/**
 * One conversation: it owns the history, the queue, the running turn and the right to write the file.
 * Flow of a prompt: state idle -> running; lease; the file read again if somebody else wrote; the record on disk; the row
 * shown; the turn driven, each of its outputs performed before the next is asked for; running -> idle or the next prompt.
 * What is shown lives in session-view.ts, what is written in session-store.ts, what happens in a turn in run-turn.ts.
 */
import { randomUUID } from 'node:crypto';
import {
  type ApprovalDecision,
  type ApprovalId,
  type ApprovalMode,
  type ItemId,
  isTerminalStatus,
  type ModelRef,
  type QueuedPrompt,
  type SessionSnapshot,
  type SessionSummary,
  type TranscriptItem,
  type TurnEnd,
  TurnId,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import { createApprovalBroker } from '../approval/approval-broker.ts';
import type { SessionOptions } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import { assertNever } from '../lib/assert-never.ts';
import type { EndedTask } from '../task/task-api.ts';
import { runTurn } from '../turn/run-turn.ts';
import { createTurnControl, type TurnControl } from '../turn/turn-control.ts';
import type { TurnRequest } from '../turn/turn-run.ts';
import { createCallIds } from './call-ids.ts';
import { driveTurn } from './drive-turn.ts';
import { type LoadedSession, TURN_END_SUBTYPE } from './load-session.ts';
import { closeOpenCalls } from './model-history.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import { titleFromPrompt } from './session-index.ts';
import { titleDraft } from './session-log.ts';
import { INITIAL_SESSION_STATE, type SessionEffect, type SessionInput, transitionSession } from './session-state.ts';
import type { SessionStore } from './session-store.ts';
import { createSessionSystem } from './session-system.ts';
import type { SessionTools } from './session-tools.ts';
import { createSessionView } from './session-view.ts';
import { openTurn, problemNotice } from './turn-opening.ts';

/** Tasks that end within this time are told in one message. Unit: ms. */
const NOTICE_GATHER_MS = 50;
export const UNTITLED = 'New session';

export interface SessionParts {
  readonly identity: SessionIdentity;
  readonly store: SessionStore;
  readonly loaded: LoadedSession;
  readonly mode: ApprovalMode;
  readonly tools: SessionTools;
  readonly extraFolders: readonly string[];
  /** Survives the session leaving memory. */
  readonly endedTurns: { count: number };
}

/** What the opening found out for the turn. */
type OpenedTurn = Pick<TurnRequest, 'resolveModel' | 'retry'>;

interface OngoingTurn {
  readonly id: TurnId;
  readonly control: TurnControl;
}

/**
 * Errors: coded, thrown by the method; what goes wrong in a turn is an event.
 * Ownership: whoever made it calls `close`, which ends the turn and gives the lease back.
 */
export class Session {
  readonly #identity: SessionIdentity;
  readonly #deps: SessionDeps;
  readonly #store: SessionStore;
  readonly #view;
  readonly #broker;
  readonly #tools: SessionTools;
  readonly #systemPrompt: () => Promise<string>;
  readonly #endedTurns: { count: number };
  #loaded: LoadedSession;
  #takeCallId: (id: string) => ItemId;
  #state = INITIAL_SESSION_STATE;
  #mode: ApprovalMode;
  #model: ModelRef | undefined;
  #title: string | undefined;
  #updatedAtMs: number;
  #turn: OngoingTurn | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #untold: EndedTask[] = [];
  #lastEnd: TurnEnd | undefined;
  #stopGathering: (() => void) | undefined;

  constructor({ identity, store, loaded, mode, tools, extraFolders, endedTurns }: SessionParts, deps: SessionDeps) {
    this.#identity = identity;
    this.#deps = deps;
    this.#store = store;
    this.#loaded = { ...loaded, items: [] }; // the view has them
    this.#mode = mode;
    this.#model = startingModel(identity.options.model, loaded.model);
    this.#title = loaded.title;
    this.#updatedAtMs = loaded.updatedAtMs ?? deps.clock.now();
    this.#endedTurns = endedTurns;
    this.#takeCallId = createCallIds(loaded.messages);
    this.#view = createSessionView(identity.id, loaded, deps.emit);
    this.#tools = tools;
    tools.setTodos(loaded.todos);
    this.#systemPrompt = createSessionSystem(identity, extraFolders, deps);
    const { unattended = false, allowedTools = [] } = identity.options;
    this.#broker = createApprovalBroker({
      sessionId: identity.id,
      rules: () => ({ mode: this.#mode, unattended, allowedTools }),
      nowMs: () => deps.clock.now(),
      onRequested: (approval) => {
        this.#view.approvalRequested(approval);
        this.#tellSummary();
      },
      onResolved: (approvalId, decision) => {
        this.#view.approvalResolved(approvalId, decision);
        this.#tellSummary();
      },
    });
  }

  get id() {
    return this.#identity.id;
  }

  /** Nothing would be lost if it left memory: no turn, no question, no background task. */
  get isIdle(): boolean {
    const runs = this.#deps.tasks.list(this.id).some((task) => !isTerminalStatus(task.status));
    return this.#state.phase === 'idle' && this.#untold.length === 0 && this.#stopGathering === undefined && !runs;
  }

  summary(): SessionSummary {
    const state = this.#broker.pending().length > 0 ? 'needs_you' : this.#state.phase === 'running' ? 'running' : 'idle';
    return {
      id: this.id,
      projectId: this.#identity.projectId,
      title: this.#title ?? UNTITLED,
      createdAtMs: this.#loaded.createdAtMs ?? this.#updatedAtMs,
      updatedAtMs: this.#updatedAtMs,
      state,
      endedTurns: this.#endedTurns.count,
    };
  }

  async snapshot(): Promise<SessionSnapshot> {
    const model = this.#model ?? (await this.#deps.providers.defaultModel(this.#identity.project).catch(() => undefined));
    const turn = this.#view.turn();
    const heldBy = this.#store.heldBy();
    return {
      summary: this.summary(),
      ...this.#view.snapshotItems(),
      ...(turn === undefined ? {} : { turn }),
      approvals: [...this.#broker.pending()],
      queue: [...this.#state.queue],
      mode: this.#mode,
      ...(model === undefined ? {} : { model }),
      context: this.#view.context(),
      tasks: [...this.#deps.tasks.list(this.id)],
      toolNames: [...this.#deps.registry.names],
      ...(heldBy === undefined ? {} : { heldBy: { ...heldBy } }),
    };
  }

  async earlier(beforeItemId: ItemId, limit: number): Promise<{ items: readonly TranscriptItem[]; earlierItems: number }> {
    return this.#view.earlier(beforeItemId, limit) ?? (await this.#store.earlier(beforeItemId, limit));
  }

  /** Resolves when the prompt is on disk, or in the queue. Errors: `session_busy`, `queue_full`, `no_model`, `closed`. */
  async prompt(text: string, localId: string): Promise<{ turnId?: TurnId }> {
    const effects = this.#step({ kind: 'prompt', prompt: { text, localId } });
    const start = effects.find((effect) => effect.kind === 'start_turn');
    if (start === undefined) {
      this.#perform(effects);
      return {};
    }
    return { turnId: await this.#startTurn(start.prompt) };
  }

  unqueue(localId: string): void {
    this.#perform(this.#step({ kind: 'unqueue', localId }));
  }

  /** Errors: `turn_not_running`. */
  cancel(): void {
    if (this.#turn === undefined) throw new EngineError('turn_not_running', 'There is nothing to stop: no turn is running.');
    this.#turn.control.cancel();
  }

  /** Ends the wait before the next attempt; after a turn that did not finish it asks the model again. */
  retryNow(): void {
    if (this.#turn !== undefined) this.#turn.control.retryNow();
    else if (this.#lastEnd !== 'completed' && this.#loaded.messages.at(-1)?.role !== 'assistant' && this.#loaded.messages.length > 0)
      this.#perform(this.#step({ kind: 'turn_wanted' }));
  }

  setMode(mode: ApprovalMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#view.modeChanged(mode);
    this.#broker.reconsider();
  }

  setModel(model: ModelRef): void {
    this.#model = model;
    this.#view.modelChanged(model);
  }

  /** Errors: `session_busy`. */
  async rename(title: string): Promise<void> {
    this.#apply(await this.#store.makeWritable());
    await this.#store.append([titleDraft(title)]);
    this.#title = title;
    this.#tellSummary();
  }

  resolveApproval(approvalId: ApprovalId, digest: string, decision: ApprovalDecision): void {
    this.#broker.resolve(approvalId, digest, decision);
  }

  /** A background task ended. What ends together is told together, and never in the middle of a turn (BT-25). */
  taskEnded(): void {
    this.#stopGathering?.();
    this.#stopGathering = this.#deps.clock.after(NOTICE_GATHER_MS, () => {
      this.#stopGathering = undefined;
      if (this.#state.phase === 'idle') this.#tellEndedTasks();
    });
  }

  /** Takes the lease, if it is free, and reads what others wrote meanwhile. */
  async resume(): Promise<void> {
    if (this.#state.phase !== 'idle') return;
    this.#apply(
      await this.#store.makeWritable().catch((error: unknown) => {
        if (error instanceof EngineError && error.code === 'session_busy') return undefined; // shown read-only, with `heldBy`
        throw error;
      }),
    );
  }

  /** Nobody looks at it: another program may have it until the next prompt. */
  async suspend(): Promise<void> {
    if (this.isIdle) await this.#store.release();
  }

  /** Cancels the turn and waits for its end; the lease stays until `release`. */
  async endTurn(): Promise<void> {
    this.#stopGathering?.();
    this.#perform(this.#step({ kind: 'close' }));
    await this.#work;
  }

  release(): Promise<void> {
    return this.#store.release();
  }

  #tellEndedTasks(): void {
    this.#untold.push(...this.#deps.tasks.takeEndedNotices(this.id));
    if (this.#untold.length > 0) this.#perform(this.#step({ kind: 'turn_wanted' }));
  }

  #step(input: SessionInput): readonly SessionEffect[] {
    const next = transitionSession(this.#state, input);
    if (!next.ok)
      throw new EngineError(
        next.code,
        next.code === 'queue_full' ? 'The queue is full. Wait for the running turn, or stop it.' : 'This session is closing.',
      );
    this.#state = next.state;
    return next.effects;
  }

  #perform(effects: readonly SessionEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'publish_queue':
          this.#view.queueChanged(this.#state.queue);
          break;
        case 'cancel_turn':
          this.#turn?.control.cancel();
          break;
        case 'start_turn':
          // Nobody awaits a turn that starts by itself, so what keeps it from starting becomes a row.
          this.#startTurn(effect.prompt).catch((error: unknown) => this.#tellProblem(error));
          break;
        default:
          assertNever(effect);
      }
    }
  }

  /** Resolves when the turn's opening is on disk and shown; the turn goes on by itself. */
  async #startTurn(prompt: QueuedPrompt | undefined): Promise<TurnId> {
    const turn = { id: TurnId.parse(randomUUID()), control: createTurnControl() };
    this.#turn = turn;
    const started = this.#open(prompt);
    this.#work = this.#run(turn, started);
    await started;
    return turn.id;
  }

  /** Never rejects: whatever happens, the turn is over in the end. */
  async #run(turn: OngoingTurn, started: Promise<OpenedTurn>): Promise<void> {
    try {
      await this.#drive(turn, await started);
    } catch (error) {
      this.#deps.logger.warn('A turn did not run', { sessionId: this.id, error: String(error) });
    }
    if (this.#turn !== turn) return;
    const wasTold = this.#view.turn() !== undefined; // whoever heard of its start must hear of its end
    this.#turnOver(wasTold ? () => this.#view.turnEnded(brokenResult(turn.id)) : undefined);
  }

  async #open(prompt: QueuedPrompt | undefined): Promise<OpenedTurn> {
    const { clock, providers, retryFor, tasks } = this.#deps;
    this.#apply(await this.#store.makeWritable());
    const { project, options } = this.#identity;
    const resolved = providers.resolve(project, this.#model ?? options.model);
    const found = await resolved.catch((error: unknown) => {
      if (error instanceof EngineError && error.code === 'no_model') throw error; // the prompt stays with the user
      return undefined; // all else is a failed turn
    });
    if (this.#model === undefined && options.model !== undefined && found !== undefined) this.setModel(found.ref);
    const retry = await retryFor({ unattended: options.unattended ?? false });
    this.#untold.push(...tasks.takeEndedNotices(this.id));
    const opening = openTurn({
      ...(prompt === undefined ? {} : { prompt }),
      ended: this.#untold,
      unanswered: this.#loaded.unanswered,
      nowMs: clock.now(),
    });
    if (this.#state.phase === 'closing') throw new EngineError('closed', 'This session is closing.');
    if (opening.drafts.length > 0) await this.#store.append(opening.drafts);
    this.#untold = [];
    this.#updatedAtMs = clock.now();
    this.#loaded = { ...this.#loaded, unanswered: [], createdAtMs: this.#loaded.createdAtMs ?? clock.now() };
    this.#loaded.messages.push(...closeOpenCalls(this.#loaded.messages), ...opening.messages);
    if (prompt !== undefined) this.#title ??= titleFromPrompt(prompt.text) || undefined;
    for (const item of opening.items) this.#view.addItem(item);
    return { resolveModel: () => resolved, retry };
  }

  async #drive(turn: OngoingTurn, { resolveModel, retry }: OpenedTurn): Promise<void> {
    const { clock, logger, registry } = this.#deps;
    const { maxTurns, maxToolCalls } = this.#identity.options;
    const startedAtMs = clock.now();
    this.#view.turnStarted({ id: turn.id, phase: 'preparing', startedAtMs });
    this.#tellSummary();
    const outputs = runTurn({
      turnId: turn.id,
      startedAtMs,
      control: turn.control,
      resolveModel,
      systemPrompt: this.#systemPrompt,
      history: () => this.#loaded.messages,
      registry,
      toolContext: this.#tools.context,
      broker: this.#broker,
      readableFolders: this.#tools.readableFolders,
      takeCallId: this.#takeCallId,
      limits: { ...(maxTurns === undefined ? {} : { maxTurns }), ...(maxToolCalls === undefined ? {} : { maxToolCalls }) },
      retry,
      clock,
      logger,
    });
    await driveTurn(outputs, {
      view: this.#view,
      store: this.#store,
      logger,
      onMessage: (message) => void this.#loaded.messages.push(message),
      onRecorded: () => void (this.#updatedAtMs = clock.now()),
      onEnded: (result) => this.#turnEnded(result),
    });
  }

  async #turnEnded(result: TurnResult): Promise<void> {
    if (result.end === 'cancelled') {
      // Without it a file that ends in a question would look interrupted. It must not keep the turn from ending.
      const draft = { type: 'system', subtype: TURN_END_SUBTYPE, systemPayload: { end: result.end } } as const;
      await this.#store
        .append([draft])
        .catch((error: unknown) => this.#deps.logger.warn('The end of a turn was not written', { error: String(error) }));
    }
    this.#lastEnd = result.end;
    this.#endedTurns.count += 1;
    this.#turnOver(() => this.#view.turnEnded(result));
  }

  /** The state is idle (or the next turn's) before anybody hears of the end, so that an answer to the event is a new turn. */
  #turnOver(publish?: () => void): void {
    this.#turn = undefined;
    const effects = this.#step({ kind: 'turn_ended' });
    publish?.();
    this.#tellSummary();
    this.#perform(effects);
    if (this.#state.phase === 'idle') this.#tellEndedTasks();
  }

  #apply(loaded: LoadedSession | undefined): void {
    if (loaded === undefined) return;
    this.#loaded = { ...loaded, items: [] };
    this.#title = loaded.title ?? this.#title;
    this.#takeCallId = createCallIds(loaded.messages);
    this.#view.reload(loaded);
  }

  #tellSummary(): void {
    this.#deps.emit({ event: 'session.changed', data: { summary: this.summary() } });
  }

  #tellProblem(error: unknown): void {
    const item = problemNotice(error, this.#deps.clock.now());
    if (item !== undefined) this.#view.addItem(item);
  }
}

function brokenResult(turnId: TurnId): TurnResult {
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };
  const error = { code: 'internal', message: 'The turn stopped because of an internal error. The log has the details.' } as const;
  return { turnId, end: 'failed', usage, durationMs: 0, apiDurationMs: 0, modelRequests: 0, error, denied: [] };
}

/** What was asked for wins over what the session used last; a bare model id is looked up by the first turn. */
function startingModel(wanted: SessionOptions['model'], last: ModelRef | undefined): ModelRef | undefined {
  if (wanted === undefined) return last;
  return 'providerId' in wanted ? wanted : undefined;
}
