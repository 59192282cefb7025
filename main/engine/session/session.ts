/**
 * One conversation: the requests that a client can make of it (`SessionHandle`). session-work.ts runs its work one thing at a time.
 * Flow of a prompt: state idle -> running; run-session-turn.ts opens the turn (lease, file, record, row) and runs it;
 * running -> idle, or the next prompt of the queue.
 * session-view.ts holds what clients see, session-store.ts writes the file, conversation.ts holds the model's history.
 */
import {
  type ApprovalMode,
  type CompactionResult,
  type ContextUsage,
  type ChangeChoice,
  type CommandOutcome,
  isTerminalStatus,
  type ItemId,
  type ModelRef,
  type OnTouched,
  type SessionSnapshot,
  type SessionSummary,
  type TaskSummary,
  type TranscriptItem,
  type TurnId,
  type UndoOutcome,
} from '../../../preload/contract/index.ts';
import { parseCommand } from '../command/index.ts';
import type { Editor } from '../editor-api.ts';
import type { Effort, PromptOptions, SessionChanges, SessionHandle, WorkHandle } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import { isStorageError } from '../lib/file-errors.ts';
import { type EarlierRequest, inPieces, type MessagePart } from '../transcript/index.ts';
import { titleDraft } from '../session-file/index.ts';
import { chosenModels } from './chosen-models.ts';
import { compactSession, describeContext, describeTools } from './session-compaction.ts';
import { createInterruptedCalls, type InterruptedCalls } from './interrupted-calls.ts';
import type { SessionDeps } from './session-deps.ts';
import type { PendingNotifications } from './pending-notifications.ts';
import { recallTasks, type SessionFacts, summarizeSession, takeSnapshot } from './session-snapshot.ts';
import { reload, rewindSession, startingModel } from './run-session-turn.ts';
import { type SessionContext } from './session-context.ts';
import { assembleSession, type SessionParts } from './assemble-session.ts';
import { restartTask } from './user-shell.ts';
import { runSlash, slashMode } from './prompt/slash-commands.ts';
import { SessionWork } from './session-work.ts';
import { stoppedNotice } from './stopped-notice.ts';

/**
 * Errors: coded, thrown by the method; a failure inside a turn is an event.
 * Ownership: the creator calls `endTurn`, which ends the turn, and then `release`, which releases the lease.
 */
export class Session implements SessionHandle {
  readonly #context: SessionContext;
  readonly #endedTurns: { count: number };
  readonly #work: SessionWork;
  readonly #interrupted: InterruptedCalls;
  #mode: ApprovalMode;
  #model: ModelRef | undefined;
  #isCompacting = false;
  #effort: Effort | undefined;

  constructor(parts: SessionParts, sharedDeps: SessionDeps) {
    const { options } = parts.identity;
    const deps = { ...sharedDeps, providers: chosenModels(sharedDeps.providers, options, () => this.#effort) };
    const model = () => this.#model ?? options.model;
    const { context, approvals } = assembleSession(parts, deps, {
      mode: () => this.#mode,
      setMode: (next) => this.setMode(next),
      model,
      onTasksEnded: () => this.#work.reportEndedTasks(),
      onChanged: () => this.#emitSummary(),
    });
    this.#context = context;
    this.#work = new SessionWork(this.#context, {
      model,
      onModelFound: (found, wanted) => {
        const hasMoved = this.#model !== undefined && this.#model === wanted && this.#model.providerId !== found.providerId;
        if (hasMoved || (this.#model === undefined && options.model !== undefined)) this.setModel(found);
      },
      onWorkStarts: () => this.#interrupted.withdraw(),
      onTurnEnded: () => void (this.#endedTurns.count += 1),
      onChanged: () => this.#emitSummary(),
    });
    this.#interrupted = createInterruptedCalls({
      context,
      approvals,
      runExclusive: (work) => this.#work.runExclusive(work),
      onAllowed: (calls) => this.#work.resume(calls),
    });
    this.#mode = parts.mode;
    this.#model = startingModel(options.model, parts.loaded.model);
    this.#endedTurns = parts.endedTurns;
  }

  get id() {
    return this.#context.identity.id;
  }

  get work(): WorkHandle {
    return this.#work;
  }

  /** Whether the session can leave memory without losing anything: no turn, no pending notification, no running task. */
  get isIdle(): boolean {
    const { deps, pendingNotifications } = this.#context;
    const runs = deps.tasks.list(this.id).some((task) => !isTerminalStatus(task.status));
    return this.#work.state.phase === 'idle' && pendingNotifications.isEmpty() && !runs;
  }

  summary(): SessionSummary {
    return summarizeSession(this.#context, this.#facts());
  }

  async snapshot(): Promise<SessionSnapshot> {
    if (this.#work.state.phase === 'idle') await this.#interrupted.offer();
    await recallTasks(this.#context);
    this.showStoppedNotice();
    return await takeSnapshot(this.#context, () => this.#facts());
  }

  /** Shows which commands a crash of the app stopped, until work starts in the session. */
  showStoppedNotice(): void {
    const { deps, identity, conversation, view } = this.#context;
    if (this.#work.state.phase !== 'idle' || !this.#hasWindow) return;
    const commands = conversation.unanswered().filter(({ display }) => display.kind === 'shell');
    const notice = stoppedNotice(deps.interruptedTasks(identity.id), commands, deps.clock.now());
    if (notice !== undefined) view.placeItem(notice);
  }

  async earlier(request: EarlierRequest): Promise<{ items: readonly TranscriptItem[]; earlierItems: number }> {
    const { view, store } = this.#context;
    return view.earlier(request) ?? (await store.earlier(request));
  }

  async prompt(text: string, localId: string, options: PromptOptions = {}): Promise<{ turnId?: TurnId }> {
    if (parseCommand(text) !== undefined)
      return (await this.runSlash(text)).kind === 'prompt' ? this.#work.prompt(text, localId, { ...options, delivery: 'queue' }) : {};
    return this.#work.prompt(text, localId, options);
  }

  runSlash(text: string): Promise<CommandOutcome> {
    return runSlash(
      this.#context,
      {
        mode: () => this.#mode,
        model: () => this.#model ?? this.#context.identity.options.model,
        endedTurns: () => this.#endedTurns.count,
        setMode: (mode) => this.setMode(mode),
        setModel: (model) => this.setModel(model),
        rename: (title) => this.rename(title),
        compact: (instructions) => this.compact(instructions),
      },
      text,
    );
  }

  slashMode(text: string): Promise<ApprovalMode | undefined> {
    return slashMode(this.#context, text);
  }

  describe(): { readonly root: string; readonly mode: ApprovalMode } {
    return { root: this.#context.identity.project.root, mode: this.#mode };
  }

  connectEditor(editor: Editor): () => void {
    return this.#context.editor.connect(editor);
  }

  readAttachment(itemId: ItemId, index: number): Promise<{ mimeType: string; data: string }> {
    return this.#context.store.readAttachment(itemId, index);
  }

  /** Streams the whole text of a message as it is now. Errors: `item_unknown`. */
  async *readText(itemId: ItemId, part: MessagePart): AsyncGenerator<string, void> {
    const { view, store } = this.#context;
    const item = view.item(itemId);
    const isWhole = item?.kind === 'assistant' || item?.kind === 'user' ? (item.omittedChars?.[part] ?? 0) === 0 : false;
    if (!isWhole) yield* store.readText(itemId, part);
    else if (item?.kind === 'assistant') yield* inPieces(item[part]);
    else if (item?.kind === 'user' && part === 'text') yield* inPieces(item.text);
  }

  /** Holds the prompts that an earlier run left, so that the user can send them, if this process may write the session. */
  async recallPrompts(): Promise<void> {
    if (this.#hasWindow && this.#context.store.heldBy() === undefined) await this.#work.recallPrompts();
  }

  /** Without a window, held prompts would never be sent, so none are kept. */
  get #hasWindow(): boolean {
    const { deps, identity } = this.#context;
    return deps.host.kind !== 'cli' && identity.options.unattended !== true;
  }

  async endTurn(): Promise<void> {
    await this.#work.end();
    await this.#context.hooks.close();
  }

  /** Runs the same command in the same folder again, in the background. Errors: `task_unknown`, `task_running`. */
  restartTask(task: TaskSummary): Promise<TaskSummary> {
    return restartTask(this.#context, task);
  }

  setMode(mode: ApprovalMode): void {
    if (mode === this.#mode) return;
    this.#context.tools.beforeModeChange(this.#mode, mode);
    this.#mode = mode;
    this.#context.view.modeChanged(mode);
    this.#context.broker.reconsider();
  }

  setModel(model: ModelRef): void {
    this.#model = model;
    this.#context.view.modelChanged(model);
  }

  async setEffort(effort: Effort): Promise<{ readonly applied: boolean }> {
    this.#effort = effort;
    const { deps, identity } = this.#context;
    const { thinksNot = false } = await deps.providers.resolve(identity.project, this.#model ?? identity.options.model);
    return { applied: !thinksNot };
  }

  /** Errors: `session_busy`. */
  async rename(title: string): Promise<void> {
    const { store, conversation } = this.#context;
    if (this.#work.state.phase === 'idle') reload(this.#context, await store.makeWritable()); // while a turn runs, the lease is already held
    await store.append([titleDraft(title)]);
    conversation.rename(title);
    this.#emitSummary();
  }

  rewind(beforeItemId: ItemId, options?: { readonly files?: boolean }): Promise<{ promptText: string; files?: UndoOutcome }> {
    return this.#work.runExclusive(() => rewindSession(this.#context, beforeItemId, options));
  }

  get changes(): SessionChanges {
    return this.#context.tools.checkpoints;
  }

  undoChanges(choice: ChangeChoice, onTouched: OnTouched): Promise<UndoOutcome> {
    return this.#work.runExclusive(() => this.#context.tools.checkpoints.undo(choice, onTouched));
  }

  compact(instructions?: string): Promise<CompactionResult> {
    const model = this.#model ?? this.#context.identity.options.model;
    return this.#work.runExclusive(async (signal) => {
      this.#isCompacting = true;
      this.#emitSummary();
      try {
        return await compactSession(this.#context, { model, instructions, signal });
      } finally {
        this.#isCompacting = false; // emitted when the work ends
      }
    });
  }

  context(): Promise<ContextUsage> {
    return describeContext(this.#context, this.#model ?? this.#context.identity.options.model);
  }

  toolUsage(): ReturnType<SessionHandle['toolUsage']> {
    return describeTools(this.#context, this.#model ?? this.#context.identity.options.model);
  }

  get approvals(): SessionHandle['approvals'] {
    return this.#context.broker;
  }

  get questions(): SessionHandle['questions'] {
    return this.#context.tools.questions;
  }

  /** Tasks that end together are reported together, and never in the middle of a turn (BT-25). Monitor lines are reported likewise, but at most every few seconds. */
  get notifications(): Pick<PendingNotifications, 'onTaskEnded' | 'onMonitorOutput'> {
    return this.#context.pendingNotifications;
  }

  /** Acquires the lease if it is free, and reads what other programs have written. */
  async resume(): Promise<void> {
    const { store } = this.#context;
    if (this.#work.state.phase !== 'idle' || !(await store.exists())) return; // without a file there is nothing to lock yet
    try {
      reload(this.#context, await store.resume());
      await this.recallPrompts();
    } catch (error) {
      // Busy: shown read-only, with `heldBy`. A full disk: the session can be read, and the next prompt reports the error.
      if (!(error instanceof EngineError && (error.code === 'session_busy' || isStorageError(error)))) throw error;
    }
  }

  /** No viewer is left: another program may use the session until the next prompt. */
  async suspend(): Promise<void> {
    if (this.isIdle) await this.#context.store.release();
  }

  async release(): Promise<void> {
    this.#interrupted.withdraw();
    await this.#context.editor.close();
    await this.#context.hooks.close();
    await this.#context.store.release();
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

  #emitSummary(): void {
    this.#context.deps.emit({ event: 'session.changed', data: { summary: this.summary() } });
  }
}
