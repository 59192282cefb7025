import { EngineError, type SessionHandle } from '../../engine/index.ts';

/**
 * What a prompt that is a slash command says without a turn; undefined: it is a prompt for the model.
 * Errors: `command_unknown`, `bad_params`, `not_supported` for what only a window can do.
 */
export async function answerSlash(session: SessionHandle, prompt: string): Promise<string | undefined> {
  if (!prompt.trimStart().startsWith('/')) return undefined;
  const outcome = await session.runSlash(prompt);
  if (outcome.kind === 'prompt') return undefined;
  if (outcome.kind === 'said') return outcome.text;
  if (outcome.text !== undefined) return outcome.text;
  throw new EngineError('not_supported', `/${outcome.name} needs a window. Start gantry without -p to use it.`);
}
