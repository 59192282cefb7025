import { EngineError, type SessionHandle } from '../../engine/index.ts';

/** As Qwen Code prints it. A run with one prompt has nothing that a later prompt could repeat. */
const CLEARED = 'Context cleared. Previous messages are no longer in context.';

/**
 * The answer to a slash command that needs no turn; undefined: it is a prompt for the model. Errors: `command_unknown`,
 * `bad_params`, `not_supported` for a command that needs a window.
 */
export async function answerSlash(session: SessionHandle, prompt: string): Promise<string | undefined> {
  if (!prompt.trimStart().startsWith('/')) return undefined;
  const outcome = await session.runSlash(prompt);
  if (outcome.kind === 'prompt') return undefined;
  if (outcome.kind === 'said') return outcome.text;
  if (outcome.text !== undefined) return outcome.text;
  if (outcome.name === 'clear') return CLEARED;
  throw new EngineError('not_supported', `/${outcome.name} needs a window. Start gantry without -p to use it.`);
}
