/** JSON in a flag: a file of limited size, or text. The caller reports errors, because it knows the flag. */
import { readFile, stat } from 'node:fs/promises';

/** Undefined: missing, unreadable, not a file, or longer than `maxBytes`. */
export async function readSmall(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= maxBytes ? await readFile(path, 'utf8') : undefined;
  } catch {
    return undefined; // the caller has one message for every reason
  }
}

/** Undefined: not JSON, which has no such value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
