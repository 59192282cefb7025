/** What session-work.ts is made of besides its states: who owns it, its running turn, what a turn may take of its queue. */
import type { ErrorCode, ModelRef, QueuedPrompt, TurnId } from '../../../preload/contract/index.ts';
import type { SessionOptions } from '../engine-api.ts';
import type { ResumedCall, SteeringPrompts, TurnControl } from '../turn/index.ts';
import type { KeptPrompts } from '../session-list/index.ts';
import type { PromptFiles } from './prompt/prompt-files.ts';
import { isSteering, type SessionInput } from './session-state.ts';

export const REFUSALS: { readonly [code in ErrorCode]?: string } = {
  queue_full: 'The queue is full. Wait for the running turn, or stop it.',
  session_busy: 'A turn or a command is running in this session. Wait for its end, stop it, or move the command to the background.',
};

export interface OngoingTurn {
  readonly id: TurnId;
  readonly control: TurnControl;
  readonly resumed?: readonly ResumedCall[];
}

/** What the session knows that a turn needs, and what it wants to hear. */
export interface WorkOwner {
  readonly model: () => SessionOptions['model'];
  /** The model that a bare id, or nothing, turned out to mean. */
  readonly onModelFound: (model: ModelRef) => void;
  /** Something is about to be done: a turn, a command, a change of the history, the end. */
  readonly onBegins: () => void;
  readonly onTurnEnded: () => void;
  /** The state has changed. */
  readonly onChanged: () => void;
}

export interface QueueAccess {
  readonly queue: () => readonly QueuedPrompt[];
  readonly step: (input: SessionInput) => void;
}

/** What the running turn may give to the model at a tool boundary. */
export function createSteering(files: PromptFiles, kept: KeptPrompts, { queue, step }: QueueAccess): SteeringPrompts {
  return {
    take() {
      const taken = queue().filter(isSteering);
      if (taken.length > 0) step({ kind: 'steering_taken' });
      return taken;
    },
    contentOf: (prompt) => files.contentOf(prompt),
    recordIdOf: ({ localId }) => kept.recordIdOf(localId),
    told(prompts) {
      for (const { localId } of prompts) {
        files.drop(localId);
        void kept.remove(localId);
      }
      step({ kind: 'steering_told' });
    },
    giveBack: (prompts) => step({ kind: 'steering_returned', prompts }),
  };
}
