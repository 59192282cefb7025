/** The queued prompts that a running turn takes at a tool boundary. */
import type { QueuedPrompt } from '../../../preload/contract/index.ts';
import type { KeptPrompts } from '../session-list/index.ts';
import type { SteeringPrompts } from '../turn/index.ts';
import type { PromptFiles } from './prompt/prompt-files.ts';
import { isSteering, type SessionInput } from './session-state.ts';

export interface QueueAccess {
  readonly queue: () => readonly QueuedPrompt[];
  readonly transition: (input: SessionInput) => void;
}

export function createSteering(files: PromptFiles, kept: KeptPrompts, { queue, transition }: QueueAccess): SteeringPrompts {
  return {
    take() {
      const taken = queue().filter(isSteering);
      if (taken.length > 0) transition({ kind: 'steering_taken' });
      return taken;
    },
    contentOf: (prompt) => files.contentOf(prompt),
    recordIdOf: ({ localId }) => kept.recordIdOf(localId),
    onWritten(prompts) {
      for (const { localId } of prompts) {
        files.drop(localId);
        void kept.remove(localId);
      }
      transition({ kind: 'steering_written' });
    },
    restore: (prompts) => transition({ kind: 'steering_returned', prompts }),
  };
}
