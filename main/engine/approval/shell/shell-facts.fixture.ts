/** Facts about a command without a disk: every folder exists and is empty, and every program is found. */
import { classifyPath } from '../protected-paths.ts';
import { classifyShell, type ShellClassification } from './classify-shell.ts';
import { loadShellGrammar } from './shell-grammar.ts';
import type { ShellFacts } from './shell-facts.ts';

const parse = await loadShellGrammar();

export interface FixturePlace {
  readonly root: string;
  readonly home?: string;
}

export function classifyText(command: string, { root, home }: FixturePlace): Promise<ShellClassification> {
  const fs = {
    list: async () => [],
    stat: async (path: string) => ({ sizeBytes: 0, mtimeMs: 0, isDirectory: !/\.\w+$/.test(path), isFile: /\.\w+$/.test(path) }),
  };
  return classifyShell(command, parse, { cwd: root, home, fs, locale: 'C', platform: 'linux', hasWall: true });
}

export async function factsOf(command: string, place: FixturePlace): Promise<ShellFacts> {
  const { parts, folders: _folders, ...rest } = await classifyText(command, place);
  const facts = parts.map(({ plan: _plan, written: _written, ...part }) => ({
    ...part,
    touches: part.touches.flatMap(({ path, kind, ...touch }) =>
      kind === 'named' ? [] : [{ ...touch, kind, facts: classifyPath(path, path, [place.root]) }],
    ),
  }));
  return { ...rest, parts: facts, ...(facts.some((part) => part.readsOnly) ? { run: { command: `rebuilt: ${command}` } } : {}) };
}
