import { EngineError, type SessionHandle } from '../../engine/index.ts';

/** `clears`: later prompts of the run belong to a new session. */
export interface SlashAnswer {
  readonly text: string;
  readonly clears?: true;
}

/** As Qwen Code prints it. */
const CLEARED = 'Context cleared. Previous messages are no longer in context.';

/**
 * The answer to a slash command that needs no turn; undefined: it is a prompt for the model. Errors: `command_unknown`,
 * `bad_params`, `not_supported` for a command that needs a window.
 */
export async function answerSlash(session: Pick<SessionHandle, 'runSlash'>, prompt: string): Promise<SlashAnswer | undefined> {
  if (!prompt.trimStart().startsWith('/')) return undefined;
  const outcome = await session.runSlash(prompt);
  if (outcome.kind === 'prompt') return undefined;
  if (outcome.kind === 'said') return { text: outcome.text };
  if (outcome.text !== undefined) return { text: outcome.text };
  if (outcome.name === 'clear') return { text: CLEARED, clears: true };
  throw new EngineError('not_supported', `/${outcome.name} needs a window. Start gantry without -p to use it.`);
}
