/**
 * One conversation: its state, its queue, what a client may ask of it.
 * Flow of a prompt: state idle -> running; session-turn.ts opens the turn (lease, file, record, row) and runs it;
 * running -> idle, or the next prompt of the queue.
 * What is shown lives in session-view.ts, what is written in session-store.ts, what is remembered in conversation.ts.
 */
import { randomUUID } from 'node:crypto';
import {
  type ApprovalDecision,
  type ApprovalId,
  type ApprovalMode,
  type ErrorCode,
  isTerminalStatus,
  type ItemId,
  type ModelRef,
  type QueuedPrompt,
  type SessionSnapshot,
  type SessionSummary,
  type TaskId,
  type TaskSummary,
  type TranscriptItem,
  type TurnEnd,
  TurnId,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import { createApprovalBroker } from '../approval/approval-broker.ts';
import { EngineError } from '../errors.ts';
import { assertNever } from '../lib/assert-never.ts';
import { createTurnControl, type TurnControl } from '../turn/turn-control.ts';
import { createConversation } from './conversation.ts';
import type { LoadedSession } from './load-session.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import { titleDraft } from './session-log.ts';
import { INITIAL_SESSION_STATE, type SessionEffect, type SessionInput, transitionSession } from './session-state.ts';
import type { SessionStore } from './session-store.ts';
import { createSessionSystem } from './session-system.ts';
import type { SessionTools } from './session-tools.ts';
import { type SessionFacts, summarizeSession, takeSnapshot } from './session-snapshot.ts';
import {
  brokenResult,
  type OpenedTurn,
  openSessionTurn,
  readAgain,
  runSessionTurn,
  startingModel,
  type TurnSurroundings,
} from './session-turn.ts';
import { createSessionView } from './session-view.ts';
import { noteEndedTasks, restartTask, startUserCommand } from './session-command.ts';
import { problemNotice } from './turn-opening.ts';
import { createUntoldTasks } from './untold-tasks.ts';

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

const REFUSALS: { readonly [code in ErrorCode]?: string } = {
  queue_full: 'The queue is full. Wait for the running turn, or stop it.',
  session_busy: 'A turn or a command is running in this session. Wait for its end, stop it, or move the command to the background.',
};

interface OngoingTurn {
  readonly id: TurnId;
  readonly control: TurnControl;
}

/**
 * Errors: coded, thrown by the method; what goes wrong in a turn is an event.
 * Ownership: whoever made it calls `close`, which ends the turn and gives the lease back.
 */
export class Session {
  readonly #around: TurnSurroundings;
  readonly #endedTurns: { count: number };
  #state = INITIAL_SESSION_STATE;
  #mode: ApprovalMode;
  #model: ModelRef | undefined;
  #turn: OngoingTurn | undefined;
  #command: AbortController | undefined;
  #lastEnd: TurnEnd | undefined;
  #work: Promise<unknown> = Promise.resolve();

  constructor({ identity, store, loaded, mode, tools, extraFolders, endedTurns }: SessionParts, deps: SessionDeps) {
    const { id, options } = identity;
    const { unattended = false, allowedTools = [] } = options;
    const view = createSessionView(id, loaded, deps.emit);
    const broker = createApprovalBroker({
      sessionId: id,
      rules: () => ({ mode: this.#mode, unattended, allowedTools }),
      nowMs: () => deps.clock.now(),
      onRequested: (approval) => {
        view.approvalRequested(approval);
        this.#tellSummary();
      },
      onResolved: (approvalId, decision) => {
        view.approvalResolved(approvalId, decision);
        this.#tellSummary();
      },
    });
    const conversation = createConversation(loaded, deps.clock.now());
    const untold = createUntoldTasks(id, deps, () => this.#tellEndedTasks());
    const systemPrompt = createSessionSystem(identity, extraFolders, deps);
    tools.setTodos(loaded.todos);
    this.#around = { identity, deps, store, view, conversation, broker, tools, untold, systemPrompt };
    this.#mode = mode;
    this.#model = startingModel(options.model, loaded.model);
    this.#endedTurns = endedTurns;
  }

  get id() {
    return this.#around.identity.id;
  }

  /** Nothing would be lost if it left memory: no turn, no question, no background task. */
  get isIdle(): boolean {
    const { deps, untold } = this.#around;
    const runs = deps.tasks.list(this.id).some((task) => !isTerminalStatus(task.status));
    return this.#state.phase === 'idle' && untold.isEmpty() && !runs;
  }

  summary(): SessionSummary {
    return summarizeSession(this.#around, this.#facts());
  }

  snapshot(): Promise<SessionSnapshot> {
    return takeSnapshot(this.#around, () => this.#facts());
  }

  async earlier(beforeItemId: ItemId, limit: number): Promise<{ items: readonly TranscriptItem[]; earlierItems: number }> {
    const { view, store } = this.#around;
    return view.earlier(beforeItemId, limit) ?? (await store.earlier(beforeItemId, limit));
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

  /**
   * Runs a command of the user's, without the model. Resolves when it is started and shown; it holds the place of a turn
   * until it ends or moves to the background. Errors: `session_busy`, `closed`.
   */
  async runCommand(command: string): Promise<{ taskId: TaskId }> {
    this.#perform(this.#step({ kind: 'command_wanted' }));
    const abort = new AbortController();
    this.#command = abort;
    this.#tellSummary();
    const starting = startUserCommand(this.#around, command, abort.signal);
    this.#work = starting
      .then(({ finished }) => finished)
      .then(
        () => this.#commandOver(true),
        () => this.#commandOver(false), // it was not started: whoever asked is told
      );
    const { taskId } = await starting;
    return { taskId };
  }

  /** The same command in the same folder once more, in the background. Errors: `task_unknown`, `task_running`. */
  restartTask(task: TaskSummary): Promise<TaskSummary> {
    return restartTask(this.#around, task);
  }

  /** Stops the turn, or the user's command that stands in its place. Errors: `turn_not_running`. */
  cancel(): void {
    if (this.#command !== undefined) return this.#command.abort();
    if (this.#turn === undefined) throw new EngineError('turn_not_running', 'There is nothing to stop: no turn is running.');
    this.#turn.control.cancel();
  }

  /** Ends the wait before the next attempt; after a turn that did not finish it asks the model again. */
  retryNow(): void {
    const last = this.#around.conversation.messages().at(-1);
    if (this.#turn !== undefined) this.#turn.control.retryNow();
    else if (this.#lastEnd !== 'completed' && last !== undefined && last.role !== 'assistant')
      this.#perform(this.#step({ kind: 'turn_wanted' }));
  }

  setMode(mode: ApprovalMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#around.view.modeChanged(mode);
    this.#around.broker.reconsider();
  }

  setModel(model: ModelRef): void {
    this.#model = model;
    this.#around.view.modelChanged(model);
  }

  /** Errors: `session_busy`. */
  async rename(title: string): Promise<void> {
    const { store, conversation } = this.#around;
    if (this.#state.phase === 'idle') readAgain(this.#around, await store.makeWritable()); // a running turn holds the lease
    await store.append([titleDraft(title)]);
    conversation.rename(title);
    this.#tellSummary();
  }

  resolveApproval(approvalId: ApprovalId, digest: string, decision: ApprovalDecision): void {
    this.#around.broker.resolve(approvalId, digest, decision);
  }

  /** A background task ended. What ends together is told together, and never in the middle of a turn (BT-25). */
  taskEnded(): void {
    this.#around.untold.taskEnded();
  }

  /** A monitored command has printed something for the model. Told as an end is, not more often than every few seconds. */
  monitorSpoke(): void {
    this.#around.untold.monitorSpoke();
  }

  /** Takes the lease, if it is free, and reads what others wrote meanwhile. */
  async resume(): Promise<void> {
    const { store } = this.#around;
    if (this.#state.phase !== 'idle' || !(await store.exists())) return; // without a file there is nothing to hold yet
    try {
      readAgain(this.#around, await store.makeWritable());
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'session_busy')) throw error; // busy: shown read-only, with `heldBy`
    }
  }

  /** Nobody looks at it: another program may have it until the next prompt. */
  async suspend(): Promise<void> {
    if (this.isIdle) await this.#around.store.release();
  }

  /** Cancels the turn and waits for its end; the lease stays until `release`. */
  async endTurn(): Promise<void> {
    this.#around.untold.stop();
    this.#perform(this.#step({ kind: 'close' }));
    await this.#work;
  }

  release(): Promise<void> {
    return this.#around.store.release();
  }

  #tellEndedTasks(): void {
    if (this.#state.phase !== 'idle') return;
    const { untold } = this.#around;
    const ended = untold.collect();
    if (ended.some(({ task }) => task.toolCallId !== undefined) || untold.isMonitorDue())
      return this.#perform(this.#step({ kind: 'turn_wanted' }));
    if (ended.length === 0) return;
    // Only commands of the user's own: the model reads of them when it is next asked, nobody asks it for that.
    this.#perform(this.#step({ kind: 'command_wanted' }));
    this.#work = noteEndedTasks(this.#around).then(
      () => this.#commandOver(true),
      (error: unknown) => {
        this.#tellProblem(error);
        this.#commandOver(false);
      },
    );
  }

  #commandOver(didRun: boolean): void {
    this.#command = undefined;
    const effects = this.#step({ kind: 'command_ended' });
    this.#tellSummary();
    this.#perform(effects);
    if (didRun) this.#tellEndedTasks(); // else what cannot be written would be tried again and again
  }

  #step(input: SessionInput): readonly SessionEffect[] {
    const next = transitionSession(this.#state, input);
    if (!next.ok) throw new EngineError(next.code, REFUSALS[next.code] ?? 'This session is closing.');
    this.#state = next.state;
    return next.effects;
  }

  #perform(effects: readonly SessionEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'publish_queue':
          this.#around.view.queueChanged(this.#state.queue);
          break;
        case 'cancel_turn':
          this.#command?.abort();
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
    const model = this.#model ?? this.#around.identity.options.model;
    const opened = openSessionTurn(this.#around, { prompt, model, isClosing: () => this.#state.phase === 'closing' });
    this.#work = this.#run(turn, opened);
    await opened;
    return turn.id;
  }

  /** Never rejects: whatever happens, the turn is over in the end. */
  async #run(turn: OngoingTurn, opening: Promise<OpenedTurn>): Promise<void> {
    const { deps, identity, view } = this.#around;
    try {
      const opened = await opening;
      if (this.#model === undefined && identity.options.model !== undefined && opened.found !== undefined) this.setModel(opened.found);
      const startedAtMs = deps.clock.now();
      view.turnStarted({ id: turn.id, phase: 'preparing', startedAtMs });
      this.#tellSummary();
      await runSessionTurn(this.#around, {
        turnId: turn.id,
        startedAtMs,
        control: turn.control,
        opened,
        onEnded: (result) => this.#turnEnded(result),
      });
    } catch (error) {
      deps.logger.warn('A turn did not run', { sessionId: this.id, error: String(error) });
    }
    if (this.#turn !== turn) return; // it has told its end itself
    const wasTold = view.turn() !== undefined; // whoever heard of its start must hear of its end
    this.#turnOver(wasTold ? () => view.turnEnded(brokenResult(turn.id)) : undefined);
  }

  #turnEnded(result: TurnResult): void {
    this.#lastEnd = result.end;
    this.#endedTurns.count += 1;
    this.#turnOver(() => this.#around.view.turnEnded(result));
    this.#tellEndedTasks(); // only behind a turn that ran: one that cannot start would be wanted again and again
  }

  /** The state is idle (or the next turn's) before anybody hears of the end, so that an answer to the event is a new turn. */
  #turnOver(publish?: () => void): void {
    this.#turn = undefined;
    const effects = this.#step({ kind: 'turn_ended' });
    publish?.();
    this.#tellSummary();
    this.#perform(effects);
  }

  #facts(): SessionFacts {
    return { state: this.#state, mode: this.#mode, model: this.#model, endedTurns: this.#endedTurns.count };
  }

  #tellSummary(): void {
    this.#around.deps.emit({ event: 'session.changed', data: { summary: this.summary() } });
  }

  #tellProblem(error: unknown): void {
    const item = problemNotice(error, this.#around.deps.clock.now());
    if (item !== undefined) this.#around.view.addItem(item);
  }
}
