/**
 * Commands in files: the project's, if it is trusted, then the user's. They are read whenever they are listed or
 * used, so an edit applies at once. Source: docs/formats.md 7.3.
 */
import { join } from 'node:path';
import { createFrontMatterFiles, type FileProblem, type Parsed } from '../lib/front-matter-files.ts';
import type { WorkspaceFs } from '../ports.ts';
import { parseLegacyCommand } from './legacy-toml.ts';

/** Limits for the depth of folders and for the number of files. */
const MAX_DEPTH = 8;
const MAX_COMMANDS = 500;
const SEGMENT = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;
const DESCRIPTION_CHARS = 200;

interface CommandFile {
  readonly description: string;
  readonly argumentHint?: string;
  readonly body: string;
}

/** `name`: without the slash; `.qwen/commands/git/commit.md` is `git:commit`. */
export interface CustomCommand extends CommandFile {
  readonly name: string;
  readonly scope: 'project' | 'user';
  readonly path: string;
}

export interface CustomCommands {
  /** By name; the project's takes precedence over the user's. Never rejects because of a file's content. */
  list(place: { readonly root: string; readonly isTrusted: boolean }): Promise<readonly CustomCommand[]>;
}

export interface CustomCommandsDeps {
  readonly fs: WorkspaceFs;
  readonly qwenHome: string;
  readonly onProblem: (problem: FileProblem) => void;
}

export function createCustomCommands({ fs, qwenHome, onProblem }: CustomCommandsDeps): CustomCommands {
  const files = createFrontMatterFiles({ fs, parse: parseCommandFile, onProblem });

  async function inFolder(folder: string, scope: CustomCommand['scope'], prefix: readonly string[] = []): Promise<CustomCommand[]> {
    if (prefix.length > MAX_DEPTH) return [];
    const found: CustomCommand[] = [];
    const entries = (await files.list(folder)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, isDirectory } of entries) {
      if (found.length >= MAX_COMMANDS) break;
      const path = join(folder, name);
      const stem = name.replace(/\.(md|toml)$/, '');
      if (!SEGMENT.test(stem)) continue;
      if (isDirectory) found.push(...(await inFolder(path, scope, [...prefix, name])));
      else if (stem !== name) {
        const file = await files.read(path);
        if (file !== undefined) found.push({ ...file, name: [...prefix, stem].join(':'), scope, path });
      }
    }
    return found;
  }

  return {
    async list({ root, isTrusted }) {
      const ofUser = await inFolder(join(qwenHome, 'commands'), 'user');
      const ofProject = isTrusted ? await inFolder(join(root, '.qwen', 'commands'), 'project') : [];
      const byName = new Map<string, CustomCommand>();
      for (const command of [...ofUser, ...ofProject]) {
        const known = byName.get(command.name);
        // A file in the earlier format beside its successor is a leftover.
        if (known?.scope === command.scope && command.path.endsWith('.toml')) continue;
        byName.set(command.name, command);
      }
      return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

function parseCommandFile(fields: Readonly<Record<string, unknown>>, body: string, path: string): Parsed<CommandFile> {
  if (!path.endsWith('.toml')) return toCommand(fields, body);
  const legacy = parseLegacyCommand(body);
  if (!legacy.ok) return { problem: legacy.problem, line: legacy.line };
  return toCommand(legacy.fields, legacy.fields['prompt']?.trim() ?? '');
}

function toCommand(fields: Readonly<Record<string, unknown>>, body: string): Parsed<CommandFile> {
  if (body === '') return { problem: 'The command has no text.' };
  const { description } = fields;
  const hint = fields['argument-hint'];
  const said = typeof description === 'string' && description.trim() !== '' ? description : (body.split('\n', 1)[0] ?? '');
  return {
    value: {
      description: said.replace(/\s+/g, ' ').trim().slice(0, DESCRIPTION_CHARS).toWellFormed(),
      ...(typeof hint === 'string' && hint.trim() !== '' ? { argumentHint: hint.trim() } : {}),
      body,
    },
  };
}
