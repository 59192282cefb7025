/**
 * Runs the work of a session one thing at a time: turns, the user's commands, changes of its history; and manages the queue.
 * session-state.ts decides the states; this class applies their effects.
 */
import { randomUUID } from 'node:crypto';
import {
  defined,
  type AttachmentSummary,
  type ModelRef,
  type PromptAttachment,
  type QueuedPrompt,
  type TaskId,
  type TurnEnd,
  TurnId,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import type { PromptOptions, SessionOptions, WorkHandle } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import { isStorageError } from '../lib/file-errors.ts';
import { assertNever } from '../lib/assert-never.ts';
import { createTurnControl, type ResumedCall, type SteeringPrompts, type TurnControl } from '../turn/index.ts';
import { recordEndedTasks, startUserCommand } from './user-shell.ts';
import {
  INITIAL_SESSION_STATE,
  REFUSAL_MESSAGES,
  type SessionEffect,
  type SessionInput,
  type SessionState,
  transitionSession,
} from './session-state.ts';
import { expandPrompt } from './prompt/expand-slash.ts';
import { brokenResult, type OpenedTurn, openSessionTurn, runSessionTurn } from './run-session-turn.ts';
import { type SessionContext } from './session-context.ts';
import { problemNotice } from './turn-opening.ts';
import { createSteering } from './steering.ts';

interface OngoingTurn {
  readonly id: TurnId;
  readonly control: TurnControl;
  /** As the turn was asked to use it. */
  readonly model: SessionOptions['model'];
  readonly resumed?: readonly ResumedCall[];
}

/** How the work reads and notifies its session. */
interface WorkCallbacks {
  readonly model: () => SessionOptions['model'];
  /** The wanted model was resolved to this one: a bare id, none, or one whose provider has moved. */
  readonly onModelFound: (model: ModelRef, wanted: SessionOptions['model']) => void;
  /** Work is about to start: a turn, a command, a change of the history, the end. */
  readonly onWorkStarts: () => void;
  readonly onTurnEnded: () => void;
  /** The state has changed. */
  readonly onChanged: () => void;
}

/** Errors: coded, thrown by the method; a failure inside a turn is an event. Ownership: call `end` before dropping it. */
export class SessionWork implements WorkHandle {
  readonly #context: SessionContext;
  readonly #callbacks: WorkCallbacks;
  #state = INITIAL_SESSION_STATE;
  #turn: OngoingTurn | undefined;
  #command: AbortController | undefined;
  #lastEnd: TurnEnd | undefined;
  /** The last row about a turn that could not start; the same text is not shown twice in a row. */
  #lastProblem: string | undefined;
  #work: Promise<unknown> = Promise.resolve();
  readonly #steering: SteeringPrompts;
  /** Calls that the next turn without a prompt runs first. */
  #resumed: readonly ResumedCall[] | undefined;

  constructor(context: SessionContext, callbacks: WorkCallbacks) {
    this.#context = context;
    this.#callbacks = callbacks;
    this.#steering = createSteering(context.files, context.keptPrompts, {
      queue: () => this.#state.queue,
      transition: (input) => this.#applyEffects(this.#transition(input)),
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Resolves when the prompt is on disk, or in the queue. Errors: `session_busy`, `queue_full`, `no_model`, `closed`. */
  async prompt(text: string, localId: string, { delivery = 'queue', attachments = [] }: PromptOptions = {}): Promise<{ turnId?: TurnId }> {
    if (text === '' && attachments.length === 0) throw new EngineError('bad_params', 'There is nothing to send.');
    const files = this.#context.files.keep(localId, attachments);
    const prompt = {
      text,
      localId,
      ...(delivery === 'steer' ? { delivery } : {}),
      ...(files.length === 0 ? {} : { attachments: [...files] }),
    };
    try {
      if (this.#state.phase === 'running') await this.#context.keptPrompts.add(prompt, attachments); // written before it is shown as queued
      const effects = this.#transition({ kind: 'prompt', prompt });
      const start = effects.find((effect) => effect.kind === 'start_turn');
      if (start !== undefined) return { turnId: await this.#startTurn(start.prompt) };
      this.#applyEffects(effects);
      return {};
    } catch (error) {
      await this.#forget(localId); // a refused prompt leaves nothing behind
      throw error;
    }
  }

  async unqueue(localId: string): Promise<void> {
    const isWaiting = this.#state.queue.some((prompt) => prompt.localId === localId);
    this.#applyEffects(this.#transition({ kind: 'unqueue', localId }));
    if (isWaiting) await this.#forget(localId);
  }

  sendQueued(localId: string): void {
    this.#applyEffects(this.#transition({ kind: 'send', localId }));
  }

  /** Restores and holds the prompts that an earlier run left in the queue. */
  async recallPrompts(): Promise<void> {
    const recalled = await this.#context.keptPrompts.recall();
    const prompts = recalled.map(({ attachments, ...prompt }) => {
      const shown = this.#keepFiles(prompt.localId, attachments);
      return { ...prompt, ...(shown.length === 0 ? {} : { attachments: [...shown] }) };
    });
    this.#applyEffects(this.#transition({ kind: 'hold', prompts }));
  }

  /** Returns no attachments if the stored prompt was edited by hand; its text is kept. */
  #keepFiles(localId: string, attachments: readonly PromptAttachment[]): readonly AttachmentSummary[] {
    const { files, deps, identity } = this.#context;
    try {
      return files.keep(localId, attachments);
    } catch (error) {
      deps.logger.warn('The attachments of a waiting prompt were dropped', { sessionId: identity.id, error: String(error) });
      return [];
    }
  }

  async #forget(localId: string): Promise<void> {
    this.#context.files.drop(localId);
    await this.#context.keptPrompts.remove(localId);
  }

  async runCommand(command: string): Promise<{ taskId: TaskId }> {
    this.#applyEffects(this.#transition({ kind: 'command_wanted' }));
    this.#callbacks.onWorkStarts();
    const abort = new AbortController();
    this.#command = abort;
    this.#callbacks.onChanged();
    const starting = startUserCommand(this.#context, command, abort.signal);
    this.#work = starting
      .then(({ finished }) => finished)
      .then(
        () => this.#onCommandEnded(true),
        () => this.#onCommandEnded(false), // it did not start: the caller gets the error
      );
    const { taskId } = await starting;
    return { taskId };
  }

  cancel(): void {
    if (this.#command !== undefined) return this.#command.abort();
    if (this.#turn === undefined) throw new EngineError('turn_not_running', 'No turn is running, so there is nothing to stop.');
    this.#turn.control.stop();
  }

  retryNow(): void {
    const last = this.#context.conversation.messages().at(-1);
    if (this.#turn !== undefined) this.#turn.control.retryNow();
    else if (this.#lastEnd !== 'completed' && last !== undefined && (last.role !== 'assistant' || last.toolCalls.length > 0))
      this.#applyEffects(this.#transition({ kind: 'turn_wanted' }));
  }

  /** Starts a turn that runs calls of an interrupted one first. If the session is no longer idle, the calls are left alone. */
  resume(calls: readonly ResumedCall[]): void {
    if (this.#state.phase !== 'idle') return;
    this.#resumed = calls;
    this.#applyEffects(this.#transition({ kind: 'turn_wanted' }));
  }

  /** Cancels the turn and waits for its end. The lease is kept until `release`. */
  async end(): Promise<void> {
    this.#context.pendingNotifications.stop();
    this.#callbacks.onWorkStarts();
    this.#applyEffects(this.#transition({ kind: 'close' }));
    await this.#work;
  }

  /**
   * Runs work that must not overlap with a turn, in the place of one. Prompts wait until it ends, and `cancel` aborts the signal.
   * Errors: `session_busy`, `closed`, and those of the work.
   */
  async runExclusive<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#applyEffects(this.#transition({ kind: 'command_wanted' }));
    this.#callbacks.onWorkStarts();
    const abort = new AbortController();
    this.#command = abort;
    this.#callbacks.onChanged();
    const done = work(abort.signal);
    const ended = done.then(
      () => this.#onCommandEnded(true),
      () => this.#onCommandEnded(false),
    );
    this.#work = ended;
    await ended; // the session is idle when the caller continues
    return await done;
  }

  /** Background tasks have ended: notifies the model if the session is idle. */
  reportEndedTasks(): void {
    if (this.#state.phase !== 'idle') return;
    const { pendingNotifications } = this.#context;
    const ended = pendingNotifications.collect();
    if (ended.some(({ task }) => task.toolCallId !== undefined) || pendingNotifications.isMonitorDue())
      return this.#applyEffects(this.#transition({ kind: 'turn_wanted' }));
    if (ended.length === 0) return;
    // Only the user's own commands ended: no request is made for them, and the model reads of them with the next one.
    this.#applyEffects(this.#transition({ kind: 'command_wanted' }));
    this.#work = recordEndedTasks(this.#context).then(
      () => this.#onCommandEnded(true),
      (error: unknown) => {
        this.#showProblem(error);
        this.#onCommandEnded(false);
      },
    );
  }

  #onCommandEnded(didRun: boolean): void {
    this.#command = undefined;
    const effects = this.#transition({ kind: 'command_ended' });
    this.#callbacks.onChanged();
    this.#applyEffects(effects);
    if (didRun) this.reportEndedTasks(); // otherwise a failing write would be retried forever
  }

  #transition(input: SessionInput): readonly SessionEffect[] {
    const next = transitionSession(this.#state, input);
    if (!next.ok) throw new EngineError(next.code, REFUSAL_MESSAGES[next.code] ?? 'This session is closing.');
    this.#state = next.state;
    return next.effects;
  }

  #applyEffects(effects: readonly SessionEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'publish_queue':
          this.#context.view.queueChanged(this.#state.queue);
          break;
        case 'cancel_turn':
          this.#command?.abort();
          this.#turn?.control.interrupt();
          break;
        case 'start_turn':
          // No caller awaits a turn that starts by itself, so a failure to start becomes a row, and its prompt is held.
          this.#startTurn(effect.prompt).catch((error: unknown) => {
            this.#showProblem(error);
            if (effect.prompt !== undefined) this.#applyEffects(this.#transition({ kind: 'hold', prompts: [effect.prompt] }));
          });
          break;
        default:
          assertNever(effect);
      }
    }
  }

  /** Resolves when the opening of the turn is on disk and shown; the turn then continues on its own. */
  async #startTurn(prompt: QueuedPrompt | undefined): Promise<TurnId> {
    const resumed = prompt === undefined ? this.#resumed : undefined;
    this.#resumed = undefined;
    this.#callbacks.onWorkStarts();
    const model = this.#callbacks.model();
    const turn = { id: TurnId.parse(randomUUID()), control: createTurnControl(), model, ...defined({ resumed }) };
    this.#turn = turn;
    const { hooks } = this.#context;
    hooks.turnBegins(turn.control, turn.id);
    const opened = openSessionTurn(this.#context, {
      prompt,
      model,
      isClosing: () => this.#state.phase === 'closing',
      resumed: resumed ?? [],
      expand: async (text) => hooks.prompt(text, await expandPrompt(this.#context, text, turn.control.signal), turn.control.signal),
    });
    this.#work = this.#runTurn(turn, opened);
    await opened;
    if (prompt !== undefined) await this.#forget(prompt.localId);
    return turn.id;
  }

  /** Never rejects, and always ends the turn. */
  async #runTurn(turn: OngoingTurn, opening: Promise<OpenedTurn>): Promise<void> {
    const { deps, identity, view } = this.#context;
    let holdsQueue = false;
    try {
      const opened = await opening;
      if (opened.resolvedModel !== undefined) this.#callbacks.onModelFound(opened.resolvedModel, turn.model);
      const startedAtMs = deps.clock.now();
      view.turnStarted({ id: turn.id, phase: 'preparing', startedAtMs });
      this.#lastProblem = undefined;
      this.#callbacks.onChanged();
      await runSessionTurn(this.#context, {
        turnId: turn.id,
        startedAtMs,
        control: turn.control,
        opened,
        steering: this.#steering,
        ...defined({ resumed: turn.resumed }),
        onEnded: (result) => this.#onTurnEnded(result),
      });
    } catch (error) {
      deps.logger.warn('A turn did not run', { sessionId: identity.id, error: String(error) });
      holdsQueue = error instanceof EngineError && isStorageError(error);
    }
    if (this.#turn !== turn) return; // the turn has already emitted its end
    const wasStartReported = view.turn() !== undefined; // clients that received its start must receive its end
    this.#finishTurn({ holdsQueue, publish: wasStartReported ? () => view.turnEnded(brokenResult(turn.id)) : () => undefined });
  }

  #onTurnEnded(result: TurnResult): void {
    this.#lastEnd = result.end;
    this.#callbacks.onTurnEnded();
    const holdsQueue = result.error !== undefined && isStorageError(result.error);
    this.#finishTurn({ holdsQueue, publish: () => this.#context.view.turnEnded(result) });
    if (!holdsQueue) this.reportEndedTasks(); // only after a turn that ran: one that cannot start would be retried forever
  }

  /** The state changes before clients receive the end of the turn, so that a prompt sent in response starts a new turn. */
  #finishTurn({ holdsQueue, publish }: { readonly holdsQueue: boolean; readonly publish: () => void }): void {
    this.#turn = undefined;
    const effects = this.#transition({ kind: 'turn_ended', holdsQueue });
    publish();
    this.#callbacks.onChanged();
    this.#applyEffects(effects);
  }

  #showProblem(error: unknown): void {
    const item = problemNotice(error, this.#context.deps.clock.now());
    if (item === undefined || item.text === this.#lastProblem) return;
    this.#lastProblem = item.text;
    this.#context.view.addItem(item);
  }
}
