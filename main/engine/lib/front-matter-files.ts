/** Files with front matter, read when asked and parsed again only when they have changed. */
import { EngineError } from '../errors.ts';
import type { WorkspaceFs } from '../ports.ts';
import { parseFrontMatter } from './front-matter.ts';

/** Longer files are reported and left out, because they would become prompts. Unit: bytes. */
const MAX_FILE_BYTES = 256 * 1024;

/** Units: `line` counts from 1. */
export interface FileProblem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export type Parsed<T> = { readonly value: T } | { readonly problem: string; readonly line?: number };

export interface FrontMatterFiles<T> {
  /** Undefined: the file is missing or broken; a problem is reported once for each state of the file. */
  read(path: string): Promise<T | undefined>;
  /** The names in a folder; empty if it does not exist. */
  list(folder: string): Promise<readonly { name: string; isDirectory: boolean; isFile: boolean; isSymlink: boolean }[]>;
}

export interface FrontMatterFilesOptions<T> {
  readonly fs: WorkspaceFs;
  readonly parse: (fields: Readonly<Record<string, unknown>>, body: string, path: string) => Parsed<T>;
  readonly onProblem: (problem: FileProblem) => void;
}

interface Known<T> {
  readonly mtimeMs: number;
  readonly sizeBytes: number;
  readonly value: T | undefined;
}

export function createFrontMatterFiles<T>({ fs, parse, onProblem }: FrontMatterFilesOptions<T>): FrontMatterFiles<T> {
  const known = new Map<string, Known<T>>();

  async function load(path: string, sizeBytes: number): Promise<Parsed<T>> {
    if (sizeBytes > MAX_FILE_BYTES) return { problem: `It has ${sizeBytes} bytes; at most ${MAX_FILE_BYTES} are read.` };
    const text = new TextDecoder().decode(await fs.readBytes(path, MAX_FILE_BYTES));
    const parsed = await parseFrontMatter(text);
    return parsed.ok ? parse(parsed.fields, parsed.body, path) : { problem: parsed.message, line: parsed.line };
  }

  return {
    async read(path) {
      const stat = await fs.stat(path).catch(() => undefined);
      if (stat?.isFile !== true) {
        known.delete(path);
        return undefined;
      }
      const { mtimeMs, sizeBytes } = stat;
      const last = known.get(path);
      if (last?.mtimeMs === mtimeMs && last.sizeBytes === sizeBytes) return last.value;
      const result = await load(path, sizeBytes).catch((error: unknown) => ({ problem: `It could not be read: ${String(error)}` }));
      const value = 'value' in result ? result.value : undefined;
      known.set(path, { mtimeMs, sizeBytes, value });
      if ('problem' in result) onProblem({ path, line: ('line' in result ? result.line : undefined) ?? 1, message: result.problem });
      return value;
    },
    async list(folder) {
      try {
        return await fs.list(folder);
      } catch (error) {
        if (error instanceof EngineError) return [];
        throw error;
      }
    },
  };
}
