/** A change of a file as clients show it: the old and the new text. */
import { isAbsolute, join } from 'node:path';
import type { ToolCallContent } from '@agentclientprotocol/sdk';
import { type EditorFiles, readRegularFile } from '../engine/index.ts';
import { diffTexts } from './diff-texts.ts';
import type { DiffDisplay } from './update-mapper.ts';

/** A larger file is shown by its changed parts. Unit: bytes. */
const MAX_SHOWN_BYTES = 2 * 1024 * 1024;

/** `after`: the file has the change already. `files`: the client's own files, which take precedence over the disk. */
export async function shownDiff(
  display: DiffDisplay,
  side: 'before' | 'after',
  { root, files = {} }: { readonly root: string; readonly files?: EditorFiles },
): Promise<ToolCallContent> {
  const path = isAbsolute(display.path) ? display.path : join(root, display.path);
  const current = side === 'before' && display.isNewFile ? '' : await readShown(path, files);
  const { oldText, newText } = diffTexts(display.patch, current, side);
  return { type: 'diff', path, oldText: display.isNewFile ? null : oldText, newText };
}

/** Undefined if it is not there, not text, or large. */
async function readShown(path: string, files: EditorFiles): Promise<string | undefined> {
  try {
    const text = await files.readText?.(path);
    if (text !== undefined) return text;
    const bytes = await readRegularFile(path);
    return bytes.length > MAX_SHOWN_BYTES ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // then the changed parts are shown
  }
}
