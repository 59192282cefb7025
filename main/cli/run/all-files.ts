/** `--all-files`: the text of a folder's files, to go before the prompt. Git lists the files if it can. */
import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { openRegular } from '../../engine/index.ts';

/** More text would not leave a model's context window room to work. Unit: bytes. */
export const MAX_TEXT_BYTES = 512 * 1024;
/** Limit of the folder walk, which runs when git cannot list the files. */
const MAX_FILES = 20_000;
/** A zero byte in this first part marks a binary file. Unit: bytes. */
const SNIFF_BYTES = 8192;
/** Key files must not be sent. Hidden files (`.env`) are omitted anyway. */
const SECRET = /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:pem|key|p12|pfx|jks|keystore|kdbx)$/i;

export type AllFiles =
  | { readonly kind: 'text'; readonly text: string; readonly files: number }
  /** Read so far when the limit was passed. Unit: bytes. */
  | { readonly kind: 'too_large'; readonly limitBytes: number };

/** Errors: none; an unreadable file is omitted. */
export async function readAllFiles(folder: string, limitBytes = MAX_TEXT_BYTES): Promise<AllFiles> {
  const paths = ((await listByGit(folder)) ?? (await listByWalk(folder))).filter((path) => !isHidden(path) && !SECRET.test(path)).sort();
  const parts: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const content = await readText(join(folder, path), limitBytes - bytes);
    if (content === undefined) continue;
    if (content === 'too_large') return { kind: 'too_large', limitBytes };
    const part = `--- ${path} ---\n${content}${content.endsWith('\n') ? '' : '\n'}`;
    bytes += Buffer.byteLength(part);
    if (bytes > limitBytes) return { kind: 'too_large', limitBytes };
    parts.push(part);
  }
  return { kind: 'text', text: parts.join('\n'), files: parts.length };
}

async function listByGit(folder: string): Promise<string[] | undefined> {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await promisify(execFile)('git', args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    return [...new Set(stdout.split('\0').filter((path) => path !== ''))];
  } catch {
    return undefined; // no git, or no repository
  }
}

async function listByWalk(folder: string): Promise<string[]> {
  const paths: string[] = [];
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined && paths.length < MAX_FILES; at = waiting.pop()) {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(at, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') waiting.push(path);
      if (entry.isFile()) paths.push(relative(folder, path).split(sep).join('/'));
    }
  }
  return paths;
}

function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.'));
}

/** Undefined: not a text file. Never reads much more than the rest of the limit. */
async function readText(path: string, leftBytes: number): Promise<string | 'too_large' | undefined> {
  try {
    const found = await lstat(path);
    if (!found.isFile()) return undefined;
    const file = await openRegular(path);
    try {
      const head = Buffer.alloc(Math.min(SNIFF_BYTES, found.size));
      await file.read(head, 0, head.length, 0);
      if (head.includes(0)) return undefined;
      return found.size > leftBytes ? 'too_large' : await file.readFile({ encoding: 'utf8' });
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // deleted or locked meanwhile
  }
}
