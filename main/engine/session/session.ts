/**
 * One conversation: what a client may ask of it. What it does, one thing at a time, is session-work.ts's.
 * Flow of a prompt: state idle -> running; run-session-turn.ts opens the turn (lease, file, record, row) and runs it;
 * running -> idle, or the next prompt of the queue.
 * What is shown lives in session-view.ts, what is written in session-store.ts, what is remembered in conversation.ts.
 */
import {
  type ApprovalDecision,
  type ApprovalId,
  type ApprovalMode,
  type CompactionResult,
  type ContextUsage,
  type ChangeChoice,
  type CommandOutcome,
  isTerminalStatus,
  type ItemId,
  type ModelRef,
  type OnTouched,
  type QuestionAnswer,
  type SessionSnapshot,
  type SessionSummary,
  type TaskId,
  type TaskSummary,
  type TranscriptItem,
  type TurnId,
  type UndoOutcome,
} from '../../../preload/contract/index.ts';
import { parseCommand } from '../command/index.ts';
import type { PromptOptions } from '../engine-api.ts';
import type { Checkpoints } from '../checkpoint/index.ts';
import { EngineError } from '../errors.ts';
import { isStorageError } from '../lib/file-errors.ts';
import { type EarlierRequest, inPieces, type MessagePart } from '../transcript/index.ts';
import { titleDraft } from '../session-file/index.ts';
import { compactSession, describeContext } from './session-compaction.ts';
import { createInterruptedCalls, type InterruptedCalls } from './interrupted-calls.ts';
import type { SessionDeps } from './session-deps.ts';
import { recallTasks, type SessionFacts, summarizeSession, takeSnapshot } from './session-snapshot.ts';
import { readAgain, rewindSession, startingModel } from './run-session-turn.ts';
import { type TurnSurroundings } from './session-context.ts';
import { assembleSession, type SessionParts } from './session-parts.ts';
import { restartTask } from './user-shell.ts';
import { runSlash } from './prompt/slash-commands.ts';
import { SessionWork } from './session-work.ts';
import { stoppedNotice } from './stopped-notice.ts';

/**
 * Errors: coded, thrown by the method; what goes wrong in a turn is an event.
 * Ownership: whoever made it calls `close`, which ends the turn and gives the lease back.
 */
export class Session {
  readonly #around: TurnSurroundings;
  readonly #endedTurns: { count: number };
  readonly #work: SessionWork;
  readonly #interrupted: InterruptedCalls;
  #mode: ApprovalMode;
  #model: ModelRef | undefined;
  #isCompacting = false;

  constructor(parts: SessionParts, deps: SessionDeps) {
    const { options } = parts.identity;
    const model = () => this.#model ?? options.model;
    const { around, approvals } = assembleSession(parts, deps, {
      mode: () => this.#mode,
      setMode: (next) => this.setMode(next),
      model,
      onTasksEnded: () => this.#work.tellEndedTasks(),
      onChanged: () => this.#tellSummary(),
    });
    this.#around = around;
    this.#work = new SessionWork(this.#around, {
      model,
      onModelFound: (found) => {
        if (this.#model === undefined && options.model !== undefined) this.setModel(found);
      },
      onBegins: () => this.#interrupted.withdraw(),
      onTurnEnded: () => void (this.#endedTurns.count += 1),
      onChanged: () => this.#tellSummary(),
    });
    this.#interrupted = createInterruptedCalls({
      around,
      approvals,
      alone: (work) => this.#work.alone(work),
      onAllowed: (calls) => this.#work.resume(calls),
    });
    this.#mode = parts.mode;
    this.#model = startingModel(options.model, parts.loaded.model);
    this.#endedTurns = parts.endedTurns;
  }

  get id() {
    return this.#around.identity.id;
  }

  /** Nothing would be lost if it left memory: no turn, no question, no background task. */
  get isIdle(): boolean {
    const { deps, untold } = this.#around;
    const runs = deps.tasks.list(this.id).some((task) => !isTerminalStatus(task.status));
    return this.#work.state.phase === 'idle' && untold.isEmpty() && !runs;
  }

  summary(): SessionSummary {
    return summarizeSession(this.#around, this.#facts());
  }

  async snapshot(): Promise<SessionSnapshot> {
    if (this.#work.state.phase === 'idle') await this.#interrupted.offer();
    await recallTasks(this.#around);
    this.noteStopped();
    return await takeSnapshot(this.#around, () => this.#facts());
  }

  /** Shows what a crash of the app has stopped, until something is done in the session. */
  noteStopped(): void {
    const { deps, identity, conversation, view } = this.#around;
    if (this.#work.state.phase !== 'idle' || !this.#hasWindow) return;
    const commands = conversation.unanswered().filter(({ display }) => display.kind === 'shell');
    const notice = stoppedNotice(deps.interruptedTasks(identity.id), commands, deps.clock.now());
    if (notice !== undefined) view.placeItem(notice);
  }

  async earlier(request: EarlierRequest): Promise<{ items: readonly TranscriptItem[]; earlierItems: number }> {
    const { view, store } = this.#around;
    return view.earlier(request) ?? (await store.earlier(request));
  }

  /**
   * Resolves when the prompt is on disk, or in the queue; a command that is no prompt is run, and there is no turn.
   * Errors: `session_busy`, `queue_full`, `no_model`, `closed`, and those of `runSlash`.
   */
  async prompt(text: string, localId: string, options: PromptOptions = {}): Promise<{ turnId?: TurnId }> {
    if (parseCommand(text) !== undefined)
      return (await this.runSlash(text)).kind === 'prompt' ? this.#work.prompt(text, localId, { ...options, delivery: 'queue' }) : {};
    return this.#work.prompt(text, localId, options);
  }

  /** What a slash command says or wants; see the contract's `command.run`. */
  runSlash(text: string): Promise<CommandOutcome> {
    return runSlash(
      this.#around,
      {
        mode: () => this.#mode,
        model: () => this.#model ?? this.#around.identity.options.model,
        endedTurns: () => this.#endedTurns.count,
        setMode: (mode) => this.setMode(mode),
        setModel: (model) => this.setModel(model),
        rename: (title) => this.rename(title),
        compact: (instructions) => this.compact(instructions),
      },
      text,
    );
  }

  /** Errors: `item_unknown`. */
  readAttachment(itemId: ItemId, index: number): Promise<{ mimeType: string; data: string }> {
    return this.#around.store.readAttachment(itemId, index);
  }

  /** The whole text of a message, as it is now. Errors: `item_unknown`. */
  async *readText(itemId: ItemId, part: MessagePart): AsyncGenerator<string, void> {
    const { view, store } = this.#around;
    const item = view.item(itemId);
    const isWhole = item?.kind === 'assistant' || item?.kind === 'user' ? (item.omittedChars?.[part] ?? 0) === 0 : false;
    if (!isWhole) yield* store.readText(itemId, part);
    else if (item?.kind === 'assistant') yield* inPieces(item[part]);
    else if (item?.kind === 'user' && part === 'text') yield* inPieces(item.text);
  }

  /** Resolves when it is gone from the disk too. */
  unqueue(localId: string): Promise<void> {
    return this.#work.unqueue(localId);
  }

  /** Errors: `closed`; a turn that cannot start is a row, and the prompt is held again. */
  sendQueued(localId: string): void {
    this.#work.sendQueued(localId);
  }

  /** Holds the prompts that an earlier run has left, for a window to send them, if this process may write the session. */
  async recallPrompts(): Promise<void> {
    if (this.#hasWindow && this.#around.store.heldBy() === undefined) await this.#work.recallPrompts();
  }

  /** A program that reads our output sends no prompts that are held, and would wait for them. */
  get #hasWindow(): boolean {
    const { deps, identity } = this.#around;
    return deps.host.kind !== 'cli' && identity.options.unattended !== true;
  }

  /** Errors: `session_busy`, `closed`. */
  runCommand(command: string): Promise<{ taskId: TaskId }> {
    return this.#work.runCommand(command);
  }

  /** Errors: `turn_not_running`. */
  cancel(): void {
    this.#work.cancel();
  }

  retryNow(): void {
    this.#work.retryNow();
  }

  async endTurn(): Promise<void> {
    await this.#work.end();
    await this.#around.hooks.close();
  }

  /** The same command in the same folder once more, in the background. Errors: `task_unknown`, `task_running`. */
  restartTask(task: TaskSummary): Promise<TaskSummary> {
    return restartTask(this.#around, task);
  }

  setMode(mode: ApprovalMode): void {
    if (mode === this.#mode) return;
    this.#around.tools.modeChanges(this.#mode, mode);
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
    if (this.#work.state.phase === 'idle') readAgain(this.#around, await store.makeWritable()); // a running turn holds the lease
    await store.append([titleDraft(title)]);
    conversation.rename(title);
    this.#tellSummary();
  }

  /** Goes back to before a prompt: the file keeps what came after, the session does not. Errors: `session_busy`, `item_unknown`. */
  rewind(beforeItemId: ItemId, options?: { readonly files?: boolean }): Promise<{ promptText: string; files?: UndoOutcome }> {
    return this.#work.alone(() => rewindSession(this.#around, beforeItemId, options));
  }

  /** What the file tools have changed. */
  get changes(): Pick<Checkpoints, 'list' | 'diff'> {
    return this.#around.tools.checkpoints;
  }

  /** Errors: `session_busy`, `file_not_found`. */
  undoChanges(choice: ChangeChoice, onTouched: OnTouched): Promise<UndoOutcome> {
    return this.#work.alone(() => this.#around.tools.checkpoints.undo(choice, onTouched));
  }

  /** Errors: `session_busy`, `no_model`, `closed`; what goes wrong with the summary is a row. */
  compact(instructions?: string): Promise<CompactionResult> {
    const model = this.#model ?? this.#around.identity.options.model;
    return this.#work.alone(async (signal) => {
      this.#isCompacting = true;
      this.#tellSummary();
      try {
        return await compactSession(this.#around, { model, instructions, signal });
      } finally {
        this.#isCompacting = false; // told with the end of the work
      }
    });
  }

  context(): Promise<ContextUsage> {
    return describeContext(this.#around, this.#model ?? this.#around.identity.options.model);
  }

  resolveApproval(approvalId: ApprovalId, digest: string, decision: ApprovalDecision): void {
    this.#around.broker.resolve(approvalId, digest, decision);
  }

  answerQuestion(itemId: ItemId, answers: readonly QuestionAnswer[] | undefined): void {
    this.#around.tools.questions.answer(itemId, answers);
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
    if (this.#work.state.phase !== 'idle' || !(await store.exists())) return; // without a file there is nothing to hold yet
    try {
      readAgain(this.#around, await store.resume());
      await this.recallPrompts();
    } catch (error) {
      // Busy: shown read-only, with `heldBy`. A full disk: it can be read, and the next prompt says so.
      if (!(error instanceof EngineError && (error.code === 'session_busy' || isStorageError(error)))) throw error;
    }
  }

  /** Nobody looks at it: another program may have it until the next prompt. */
  async suspend(): Promise<void> {
    if (this.isIdle) await this.#around.store.release();
  }

  async release(): Promise<void> {
    this.#interrupted.withdraw();
    await this.#around.hooks.close();
    await this.#around.store.release();
  }

  #facts(): SessionFacts {
    return {
      state: this.#work.state,
      mode: this.#mode,
      model: this.#model,
      endedTurns: this.#endedTurns.count,
      isCompacting: this.#isCompacting,
    };
  }

  #tellSummary(): void {
    this.#around.deps.emit({ event: 'session.changed', data: { summary: this.summary() } });
  }
}
