/** `QWEN_SYSTEM_MD`: a file that replaces Gantry's own system prompt, for runs without a window. Source: docs/formats.md 1.2. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { EngineError, readRegularFile } from '../../engine/index.ts';

export interface SystemPromptPlace {
  readonly root: string;
  /** The folder's own file is used only if this is true. */
  readonly isTrusted: boolean;
}

/**
 * The text of the file that the variable names; `1` and `true` mean `.qwen/system.md` of the folder. Undefined if it names
 * none. Errors: `file_not_found`.
 */
export async function readSystemPrompt(variable: string | undefined, { root, isTrusted }: SystemPromptPlace): Promise<string | undefined> {
  const written = variable?.trim() ?? '';
  if (/^(?:|0|false)$/i.test(written)) return undefined;
  const isOfFolder = /^(?:1|true)$/i.test(written);
  if (isOfFolder && !isTrusted)
    throw new EngineError(
      'file_not_found',
      'QWEN_SYSTEM_MD asks for .qwen/system.md of this folder, which is not trusted. To use it: --trust.',
    );
  const path = isOfFolder ? join(root, '.qwen', 'system.md') : resolve(root, written.replace(/^~(?=\/|$)/, homedir()));
  try {
    return String(await readRegularFile(path));
  } catch (error) {
    throw new EngineError('file_not_found', `QWEN_SYSTEM_MD names ${path}, which cannot be read. Correct the variable, or unset it.`, {
      cause: error,
    });
  }
}
