/** Reads the journal of a session's file changes. Pure. */
import { z } from 'zod';
import { defined } from '../../../preload/contract/index.ts';

/** The state of a file at one moment. `kept: false`: it was too large, or could not be read. */
export const FileState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing') }),
  z.object({
    kind: z.literal('file'),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    sizeBytes: z.number(),
    kept: z.boolean(),
    note: z.string().optional(),
  }),
  z.object({ kind: z.literal('unknown'), note: z.string() }),
]);
export type FileState = z.infer<typeof FileState>;

/** One line of the journal. A turn is written with its first change. */
export const JournalLine = z.discriminatedUnion('line', [
  z.object({
    line: z.literal('turn'),
    id: z.string().min(1),
    kind: z.enum(['turn', 'undo']),
    title: z.string(),
    atMs: z.number(),
    itemId: z.string().optional(),
  }),
  z.object({ line: z.literal('before'), turn: z.string(), path: z.string().min(1), state: FileState }),
  z.object({ line: z.literal('after'), turn: z.string(), path: z.string().min(1), state: FileState }),
]);
export type JournalLine = z.infer<typeof JournalLine>;

export interface FileChange {
  readonly path: string;
  readonly before: FileState;
  /** Absent: the write was not confirmed. */
  readonly after?: FileState;
}

export interface JournalTurn {
  readonly id: string;
  readonly kind: 'turn' | 'undo';
  readonly title: string;
  readonly atMs: number;
  readonly itemId?: string;
  readonly changes: ReadonlyMap<string, FileChange>;
}

/** Lines that do not parse, and lines of unknown turns, are skipped: truncation affects only the last line. */
export function readJournal(text: string): readonly JournalTurn[] {
  const turns = new Map<string, JournalTurn & { readonly changes: Map<string, FileChange> }>();
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry === undefined) continue;
    if (entry.line === 'turn') {
      const { line: _line, itemId, ...turn } = entry;
      if (!turns.has(turn.id)) turns.set(turn.id, { ...turn, ...defined({ itemId }), changes: new Map() });
      continue;
    }
    const changes = turns.get(entry.turn)?.changes;
    const known = changes?.get(entry.path);
    if (entry.line === 'before') {
      if (known === undefined) changes?.set(entry.path, { path: entry.path, before: entry.state });
    } else if (known !== undefined) changes?.set(entry.path, { ...known, after: entry.state });
  }
  return [...turns.values()].filter(({ changes }) => [...changes.values()].some(({ after }) => after !== undefined));
}

function parseLine(line: string): JournalLine | undefined {
  if (line === '') return undefined;
  try {
    return JournalLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // truncated by a crash
  }
}

/** For each file, the state before the first of these turns and after the last. A file that was changed back is included. */
export function joinTurns(turns: readonly JournalTurn[]): readonly FileChange[] {
  const joined = new Map<string, FileChange>();
  for (const { changes } of turns) {
    for (const change of changes.values()) {
      if (change.after === undefined) continue;
      const first = joined.get(change.path);
      joined.set(change.path, { ...change, before: first?.before ?? change.before });
    }
  }
  return [...joined.values()];
}

/** The turns from the one that a prompt started, or that started after it. Both use the time, because a prompt without changes has no turn here. */
export function turnsFrom(
  turns: readonly JournalTurn[],
  prompt: { readonly itemId: string; readonly atMs: number },
): readonly JournalTurn[] {
  const named = turns.findIndex(({ itemId }) => itemId === prompt.itemId);
  return named === -1 ? turns.filter(({ atMs }) => atMs >= prompt.atMs) : turns.slice(named);
}

export function isSame(a: FileState, b: FileState | undefined): boolean {
  if (a.kind === 'missing') return b?.kind === 'missing';
  return a.kind === 'file' && b?.kind === 'file' && a.hash === b.hash;
}
