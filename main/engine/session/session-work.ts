/**
 * What a session does, one thing at a time: turns, the user's commands, changes of its own history; and what waits.
 * The states are session-state.ts's; this performs their effects.
 */
import { randomUUID } from 'node:crypto';
import {
  type AttachmentSummary,
  type PromptAttachment,
  type QueuedPrompt,
  type TaskId,
  type TurnEnd,
  TurnId,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import type { PromptOptions } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import { isStorageError } from '../lib/file-errors.ts';
import { assertNever } from '../lib/assert-never.ts';
import { createTurnControl, type ResumedCall, type SteeringPrompts } from '../turn/index.ts';
import { noteEndedTasks, startUserCommand } from './user-shell.ts';
import { INITIAL_SESSION_STATE, type SessionEffect, type SessionInput, type SessionState, transitionSession } from './session-state.ts';
import { expandPrompt } from './prompt/expand-slash.ts';
import { brokenResult, type OpenedTurn, openSessionTurn, runSessionTurn } from './run-session-turn.ts';
import { type TurnSurroundings } from './session-context.ts';
import { problemNotice } from './turn-opening.ts';
import { createSteering, type OngoingTurn, REFUSALS, type WorkOwner } from './work-parts.ts';

/** Errors: coded, thrown by the method; what goes wrong in a turn is an event. Ownership: `end` before it is dropped. */
export class SessionWork {
  readonly #around: TurnSurroundings;
  readonly #owner: WorkOwner;
  #state = INITIAL_SESSION_STATE;
  #turn: OngoingTurn | undefined;
  #command: AbortController | undefined;
  #lastEnd: TurnEnd | undefined;
  /** The last row about a turn that could not start; the same again says nothing more. */
  #lastProblem: string | undefined;
  #work: Promise<unknown> = Promise.resolve();
  readonly #steering: SteeringPrompts;
  /** What the next turn without a prompt runs first. */
  #resumed: readonly ResumedCall[] | undefined;

  constructor(around: TurnSurroundings, owner: WorkOwner) {
    this.#around = around;
    this.#owner = owner;
    this.#steering = createSteering(around.files, around.kept, {
      queue: () => this.#state.queue,
      step: (input) => this.#perform(this.#step(input)),
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Resolves when the prompt is on disk, or in the queue. Errors: `session_busy`, `queue_full`, `no_model`, `closed`. */
  async prompt(text: string, localId: string, { delivery = 'queue', attachments = [] }: PromptOptions = {}): Promise<{ turnId?: TurnId }> {
    if (text === '' && attachments.length === 0) throw new EngineError('bad_params', 'There is nothing to send.');
    const files = this.#around.files.keep(localId, attachments);
    const prompt = {
      text,
      localId,
      ...(delivery === 'steer' ? { delivery } : {}),
      ...(files.length === 0 ? {} : { attachments: [...files] }),
    };
    try {
      if (this.#state.phase === 'running') await this.#around.kept.add(prompt, attachments); // before it is shown as waiting
      const effects = this.#step({ kind: 'prompt', prompt });
      const start = effects.find((effect) => effect.kind === 'start_turn');
      if (start !== undefined) return { turnId: await this.#startTurn(start.prompt) };
      this.#perform(effects);
      return {};
    } catch (error) {
      await this.#forget(localId); // one that is refused leaves nothing behind
      throw error;
    }
  }

  /** Resolves when it is gone from the disk too. One that is just being sent stays. */
  async unqueue(localId: string): Promise<void> {
    const isWaiting = this.#state.queue.some((prompt) => prompt.localId === localId);
    this.#perform(this.#step({ kind: 'unqueue', localId }));
    if (isWaiting) await this.#forget(localId);
  }

  /** Errors: `closed`. */
  sendQueued(localId: string): void {
    this.#perform(this.#step({ kind: 'send', localId }));
  }

  /** Holds what an earlier run has left in the queue. */
  async recallPrompts(): Promise<void> {
    const recalled = await this.#around.kept.recall();
    const prompts = recalled.map(({ attachments, ...prompt }) => {
      const shown = this.#keepFiles(prompt.localId, attachments);
      return { ...prompt, ...(shown.length === 0 ? {} : { attachments: [...shown] }) };
    });
    this.#perform(this.#step({ kind: 'hold', prompts }));
  }

  /** None of them where the file was changed by hand: the words are worth keeping all the same. */
  #keepFiles(localId: string, attachments: readonly PromptAttachment[]): readonly AttachmentSummary[] {
    const { files, deps, identity } = this.#around;
    try {
      return files.keep(localId, attachments);
    } catch (error) {
      deps.logger.warn('The attachments of a waiting prompt were dropped', { sessionId: identity.id, error: String(error) });
      return [];
    }
  }

  async #forget(localId: string): Promise<void> {
    this.#around.files.drop(localId);
    await this.#around.kept.remove(localId);
  }

  /**
   * Runs a command of the user's, without the model. Resolves when it is started and shown; it holds the place of a turn
   * until it ends or moves to the background. Errors: `session_busy`, `closed`.
   */
  async runCommand(command: string): Promise<{ taskId: TaskId }> {
    this.#perform(this.#step({ kind: 'command_wanted' }));
    this.#owner.onBegins();
    const abort = new AbortController();
    this.#command = abort;
    this.#owner.onChanged();
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
    else if (this.#lastEnd !== 'completed' && last !== undefined && (last.role !== 'assistant' || last.toolCalls.length > 0))
      this.#perform(this.#step({ kind: 'turn_wanted' }));
  }

  /** A turn that begins with calls of an interrupted one. A session that does something else by now leaves them. */
  resume(calls: readonly ResumedCall[]): void {
    if (this.#state.phase !== 'idle') return;
    this.#resumed = calls;
    this.#perform(this.#step({ kind: 'turn_wanted' }));
  }

  /** Cancels the turn and waits for its end; the lease stays until `release`. */
  async end(): Promise<void> {
    this.#around.untold.stop();
    this.#owner.onBegins();
    this.#perform(this.#step({ kind: 'close' }));
    await this.#work;
  }

  /**
   * Does something that must not meet a turn, in the place of one; prompts wait meanwhile, `cancel` aborts the signal.
   * Errors: `session_busy`, `closed`, and those of the work.
   */
  async alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#perform(this.#step({ kind: 'command_wanted' }));
    this.#owner.onBegins();
    const abort = new AbortController();
    this.#command = abort;
    this.#owner.onChanged();
    const done = work(abort.signal);
    const over = done.then(
      () => this.#commandOver(true),
      () => this.#commandOver(false),
    );
    this.#work = over;
    await over; // whoever asked finds the session idle
    return await done;
  }

  /** Background tasks have ended: the model is told, if the session is idle. */
  tellEndedTasks(): void {
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
    this.#owner.onChanged();
    this.#perform(effects);
    if (didRun) this.tellEndedTasks(); // else what cannot be written would be tried again and again
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
          this.#turn?.control.interrupt();
          break;
        case 'start_turn':
          // No caller awaits a turn that starts by itself, so what keeps it from starting becomes a row, and its prompt is held.
          this.#startTurn(effect.prompt).catch((error: unknown) => {
            this.#tellProblem(error);
            if (effect.prompt !== undefined) this.#perform(this.#step({ kind: 'hold', prompts: [effect.prompt] }));
          });
          break;
        default:
          assertNever(effect);
      }
    }
  }

  /** Resolves when the turn's opening is on disk and shown; the turn goes on by itself. */
  async #startTurn(prompt: QueuedPrompt | undefined): Promise<TurnId> {
    const resumed = prompt === undefined ? this.#resumed : undefined;
    this.#resumed = undefined;
    this.#owner.onBegins();
    const turn = { id: TurnId.parse(randomUUID()), control: createTurnControl(), ...(resumed === undefined ? {} : { resumed }) };
    this.#turn = turn;
    const model = this.#owner.model();
    const { hooks } = this.#around;
    hooks.turnBegins(turn.control);
    const opened = openSessionTurn(this.#around, {
      prompt,
      model,
      isClosing: () => this.#state.phase === 'closing',
      resumed: resumed ?? [],
      expand: async (text) => hooks.prompt(text, await expandPrompt(this.#around, text, turn.control.signal), turn.control.signal),
    });
    this.#work = this.#run(turn, opened);
    await opened;
    if (prompt !== undefined) await this.#forget(prompt.localId);
    return turn.id;
  }

  /** Never rejects: whatever happens, the turn is over in the end. */
  async #run(turn: OngoingTurn, opening: Promise<OpenedTurn>): Promise<void> {
    const { deps, identity, view } = this.#around;
    let holdsQueue = false;
    try {
      const opened = await opening;
      if (opened.found !== undefined) this.#owner.onModelFound(opened.found);
      const startedAtMs = deps.clock.now();
      view.turnStarted({ id: turn.id, phase: 'preparing', startedAtMs });
      this.#lastProblem = undefined;
      this.#owner.onChanged();
      await runSessionTurn(this.#around, {
        turnId: turn.id,
        startedAtMs,
        control: turn.control,
        opened,
        steering: this.#steering,
        ...(turn.resumed === undefined ? {} : { resumed: turn.resumed }),
        onEnded: (result) => this.#turnEnded(result),
      });
    } catch (error) {
      deps.logger.warn('A turn did not run', { sessionId: identity.id, error: String(error) });
      holdsQueue = error instanceof EngineError && isStorageError(error);
    }
    if (this.#turn !== turn) return; // it has told its end itself
    const wasTold = view.turn() !== undefined; // whoever heard of its start must hear of its end
    this.#turnOver({ holdsQueue, publish: wasTold ? () => view.turnEnded(brokenResult(turn.id)) : () => undefined });
  }

  #turnEnded(result: TurnResult): void {
    this.#lastEnd = result.end;
    this.#owner.onTurnEnded();
    const holdsQueue = result.error !== undefined && isStorageError(result.error);
    this.#turnOver({ holdsQueue, publish: () => this.#around.view.turnEnded(result) });
    if (!holdsQueue) this.tellEndedTasks(); // only behind a turn that ran: one that cannot start would be wanted again and again
  }

  /** The state is idle (or the next turn's) before anybody hears of the end, so that an answer to the event is a new turn. */
  #turnOver({ holdsQueue, publish }: { readonly holdsQueue: boolean; readonly publish: () => void }): void {
    this.#turn = undefined;
    const effects = this.#step({ kind: 'turn_ended', holdsQueue });
    publish();
    this.#owner.onChanged();
    this.#perform(effects);
  }

  #tellProblem(error: unknown): void {
    const item = problemNotice(error, this.#around.deps.clock.now());
    if (item === undefined || item.text === this.#lastProblem) return;
    this.#lastProblem = item.text;
    this.#around.view.addItem(item);
  }
}
