/** Which turn answers which prompt of a client. A prompt that is queued is answered by a later turn. */
import type { HostEvent, TurnId, TurnResult } from '../../preload/contract/index.ts';

/** `dropped`: the prompt was taken out of the queue. `held`: its turn could not start. */
export type PromptEnd = { readonly kind: 'ended'; readonly result: TurnResult } | { readonly kind: 'dropped' } | { readonly kind: 'held' };

interface WaitingPrompt {
  readonly localId: string;
  /** Its row was shown, so the next turn that starts is its own. */
  isShown: boolean;
  turnId: TurnId | undefined;
  readonly settle: (end: PromptEnd) => void;
}

export interface PromptTurns {
  /** Settles once. Call it before the prompt is sent, and `started` when its turn is known. */
  wait(localId: string): Promise<PromptEnd>;
  started(localId: string, turnId: TurnId): void;
  has(localId: string): boolean;
  /** Whether a prompt waits for its turn or for the turn's end. */
  isWaiting(): boolean;
  /** The prompts whose turn has not started. */
  queued(): readonly string[];
  /** The prompt was refused: nothing settles. */
  forget(localId: string): void;
  drop(localId: string): void;
  event(event: HostEvent): void;
  dropAll(): void;
}

export function createPromptTurns(): PromptTurns {
  const waiting = new Map<string, WaitingPrompt>();

  function settle(prompt: WaitingPrompt, end: PromptEnd): void {
    waiting.delete(prompt.localId);
    prompt.settle(end);
  }

  return {
    wait: (localId) =>
      new Promise((resolve) => {
        waiting.set(localId, { localId, isShown: false, turnId: undefined, settle: resolve });
      }),
    started(localId, turnId) {
      const prompt = waiting.get(localId);
      if (prompt !== undefined) prompt.turnId ??= turnId;
    },
    has: (localId) => waiting.has(localId),
    isWaiting: () => waiting.size > 0,
    queued: () => [...waiting.values()].filter(({ isShown, turnId }) => !isShown && turnId === undefined).map(({ localId }) => localId),
    forget: (localId) => void waiting.delete(localId),
    event(event) {
      for (const prompt of [...waiting.values()]) {
        if (event.event === 'item.added' && event.data.item.kind === 'user' && event.data.item.localId === prompt.localId)
          prompt.isShown = true;
        if (event.event === 'turn.started' && prompt.isShown) prompt.turnId ??= event.data.turn.id;
        if (event.event === 'turn.ended' && prompt.turnId === event.data.result.turnId)
          settle(prompt, { kind: 'ended', result: event.data.result });
        if (
          event.event === 'queue.changed' &&
          event.data.queue.some(({ localId, isHeld }) => localId === prompt.localId && isHeld === true)
        )
          settle(prompt, { kind: 'held' });
      }
    },
    drop(localId) {
      const prompt = waiting.get(localId);
      if (prompt !== undefined) settle(prompt, { kind: 'dropped' });
    },
    dropAll() {
      for (const prompt of [...waiting.values()]) settle(prompt, { kind: 'dropped' });
    },
  };
}
