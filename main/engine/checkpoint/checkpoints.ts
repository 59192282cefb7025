/**
 * The file changes of one session: saved before they happen, shown as diffs, undone.
 * Flow: a turn starts; before the first write to a file its state is saved, after each write the new state is recorded; an undo is
 * a turn of its own, so that it can be undone. Changes by commands are not recorded.
 */
import {
  defined,
  type ChangeChoice,
  type ChangedFile,
  ItemId,
  type OnTouched,
  type ToolDisplay,
  type TurnChanges,
  type UndoOutcome,
  type UndoProblem,
} from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Logger, WorkspaceFs } from '../ports.ts';
import { decodeFile, diffDisplay } from '../tool/index.ts';
import { type CheckpointFiles, toHash } from './checkpoint-files.ts';
import { type FileChange, type FileState, isSame, joinTurns, type JournalTurn, readJournal, turnsFrom } from './checkpoint-journal.ts';

/** A larger file is recorded but not saved. Unit: bytes. */
export const MAX_KEPT_FILE_BYTES = 10 * 1024 * 1024;
const MAX_TITLE_CHARS = 120;

export interface CheckpointDeps {
  readonly files: CheckpointFiles;
  readonly fs: WorkspaceFs;
  readonly logger: Logger;
  /** For users: relative inside the project. */
  readonly shownPath: (path: string) => string;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

export interface TurnStart {
  readonly id: string;
  readonly title: string;
  readonly atMs: number;
  readonly itemId?: ItemId;
}

/**
 * Errors: `before` and `wrote` never reject: a change continues even if the old state cannot be saved. The others:
 * `file_not_found` (no such turn or file), `file_unreadable` (the saved state is missing).
 * Order: calls run one after the other.
 */
export interface Checkpoints {
  beginTurn(turn: TurnStart): void;
  /** Called right before a file is written, with its real path. */
  before(path: string): Promise<void>;
  wrote(path: string, bytes: Uint8Array): Promise<void>;
  /** The paths that the running or last turn has changed. */
  changedPaths(): readonly string[];
  list(): Promise<{ readonly turns: readonly TurnChanges[]; readonly files: readonly ChangedFile[] }>;
  diff(choice: ChangeChoice & { readonly path: string }): Promise<ToolDisplay>;
  undo(choice: ChangeChoice, onTouched: OnTouched): Promise<UndoOutcome>;
  /** Undoes the changes since a prompt. */
  undoFrom(prompt: { readonly itemId: string; readonly atMs: number }, onTouched: OnTouched): Promise<UndoOutcome>;
}

export function createCheckpoints(deps: CheckpointDeps): Checkpoints {
  const { files, fs, logger, shownPath } = deps;
  let current: { readonly start: TurnStart; readonly kind: 'turn' | 'undo'; isWritten: boolean; readonly paths: Set<string> } | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  };
  const begin = (start: TurnStart, kind: 'turn' | 'undo') => {
    current = { start: { ...start, title: start.title.trim().slice(0, MAX_TITLE_CHARS) }, kind, isWritten: false, paths: new Set() };
    return current;
  };

  async function before(path: string, turn: NonNullable<typeof current>): Promise<void> {
    if (turn.paths.has(path)) return;
    const state = await keepState(path).catch(
      (error: unknown): FileState => ({ kind: 'unknown', note: `It could not be saved: ${String(error)}` }),
    );
    turn.paths.add(path);
    const { id, title, atMs, itemId } = turn.start;
    const opening = { line: 'turn', id, kind: turn.kind, title, atMs, ...defined({ itemId }) };
    await files.append([...(turn.isWritten ? [] : [opening]), { line: 'before', turn: id, path, state }]);
    turn.isWritten = true;
  }

  async function keepState(path: string): Promise<FileState> {
    const stat = await fs.stat(path);
    if (stat === undefined) return { kind: 'missing' };
    if (!stat.isFile) return { kind: 'unknown', note: 'It is not a regular file.' };
    if (stat.sizeBytes > MAX_KEPT_FILE_BYTES) return { kind: 'unknown', note: `It is too large to save (${stat.sizeBytes} bytes).` };
    const bytes = await fs.readBytes(path, MAX_KEPT_FILE_BYTES);
    const hash = toHash(bytes);
    const kept = await files.keep(bytes, hash);
    return {
      kind: 'file',
      hash,
      sizeBytes: bytes.length,
      kept,
      ...(kept ? {} : { note: 'The storage limit of the session was reached.' }),
    };
  }

  /** The current state, without saving the content. */
  async function stateNow(path: string, wanted: readonly (FileState | undefined)[]): Promise<FileState> {
    const stat = await fs.stat(path).catch(() => undefined);
    if (stat === undefined) return { kind: 'missing' };
    const other: FileState = { kind: 'unknown', note: 'It has changed.' };
    // A different size proves a change without reading the file.
    if (!wanted.some((state) => state?.kind === 'file' && state.sizeBytes === stat.sizeBytes)) return other;
    const bytes = await fs.readBytes(path, MAX_KEPT_FILE_BYTES).catch(() => undefined);
    return bytes === undefined ? other : { kind: 'file', hash: toHash(bytes), sizeBytes: bytes.length, kept: false };
  }

  async function show(change: FileChange): Promise<ChangedFile> {
    const { path, before: was, after } = change;
    const now = await stateNow(path, [was, after]);
    const state = isSame(now, after) ? 'changed' : isSame(now, was) ? 'undone' : 'touched';
    const note = was.kind === 'missing' ? undefined : was.note;
    const canUndo = was.kind === 'missing' || (was.kind === 'file' && was.kept);
    return {
      path,
      shown: shownPath(path),
      change: was.kind === 'missing' ? 'created' : 'edited',
      state,
      canUndo,
      ...defined({ note }),
    };
  }

  async function chosen({ turnId }: ChangeChoice): Promise<readonly JournalTurn[]> {
    const turns = readJournal(await files.journal());
    if (turnId === undefined) return turns;
    const turn = turns.find(({ id }) => id === turnId);
    if (turn === undefined) throw new EngineError('file_not_found', 'This turn has changed no files.', { data: { turnId } });
    return [turn];
  }

  function findFile(changes: readonly FileChange[], path: string | undefined): readonly FileChange[] {
    if (path === undefined) return changes;
    const found = changes.filter((change) => change.path === path);
    if (found.length === 0) throw new EngineError('file_not_found', `The agent has not changed ${shownPath(path)}.`, { data: { path } });
    return found;
  }

  async function findProblem(change: FileChange, onTouched: OnTouched): Promise<UndoProblem | 'nothing to do' | undefined> {
    const { path, before: was, after } = change;
    const shown = shownPath(path);
    const problem = (why: UndoProblem['why'], message: string): UndoProblem => ({ path, shown, why, message });
    if (was.kind === 'unknown' || (was.kind === 'file' && !was.kept))
      return problem('not_kept', `The earlier state of ${shown} was not saved. ${was.note ?? ''}`.trim());
    if ((await fs.realPath(path).catch(() => '')) !== path) return problem('moved', `${shown} now points to another file.`);
    const now = await stateNow(path, [was, after]);
    if (isSame(now, was)) return 'nothing to do';
    if (isSame(now, after) || onTouched === 'overwrite') return undefined;
    return problem('touched', `${shown} has been changed since by you, a later turn or another program.`);
  }

  async function undo(changes: readonly FileChange[], onTouched: OnTouched, title: string): Promise<UndoOutcome> {
    const checked = await Promise.all(changes.map(async (change) => ({ change, problem: await findProblem(change, onTouched) })));
    const problems = checked.flatMap(({ problem }) => (problem === undefined || problem === 'nothing to do' ? [] : [problem]));
    if (onTouched === 'refuse' && problems.length > 0) return { undone: [], problems };
    const wanted = checked.flatMap(({ change, problem }) => (problem === undefined ? [change] : []));
    if (wanted.length === 0) return { undone: [], problems };
    const turn = begin({ id: deps.newId(), title, atMs: deps.nowMs() }, 'undo');
    const undone: string[] = [];
    for (const change of wanted) {
      try {
        await before(change.path, turn);
        await restore(change, turn.start.id);
        undone.push(change.path);
      } catch (error) {
        const message = `${shownPath(change.path)} could not be restored: ${error instanceof Error ? error.message : String(error)}`;
        problems.push({ path: change.path, shown: shownPath(change.path), why: 'failed', message });
      }
    }
    current = undefined; // the next change belongs to a turn again
    return { undone, problems };
  }

  async function restore({ path, before: was }: FileChange, turn: string): Promise<void> {
    if (was.kind === 'file') await fs.writeBytes(path, await files.read(was.hash));
    else await fs.removeFile(path);
    await files.append([{ line: 'after', turn, path, state: was }]);
  }

  return {
    beginTurn: (turn) => void begin(turn, 'turn'),
    before: (path) =>
      inOrder(async () => {
        if (current !== undefined) await before(path, current);
      }).catch((error: unknown) => logger.warn('The state of a file before its change was not saved', { path, error: String(error) })),
    wrote: (path, bytes) =>
      inOrder(async () => {
        if (current?.paths.has(path) !== true) return;
        const state = { kind: 'file', hash: toHash(bytes), sizeBytes: bytes.length, kept: false };
        await files.append([{ line: 'after', turn: current.start.id, path, state }]);
      }).catch((error: unknown) => logger.warn('A change of a file was not recorded', { path, error: String(error) })),
    changedPaths: () => [...(current?.paths ?? [])],
    list: () =>
      inOrder(async () => {
        const turns = readJournal(await files.journal());
        const shown = turns.map(async ({ id, kind, title, atMs, itemId, changes }) => ({
          id,
          kind,
          title,
          atMs,
          ...(itemId === undefined ? {} : { itemId: ItemId.parse(itemId) }),
          files: await Promise.all([...changes.values()].filter(({ after }) => after !== undefined).map(show)),
        }));
        return { turns: await Promise.all(shown), files: await Promise.all(joinTurns(turns).map(show)) };
      }),
    diff: (choice) =>
      inOrder(async () => {
        const [change] = findFile(joinTurns(await chosen(choice)), choice.path);
        if (change === undefined) throw new EngineError('file_not_found', 'The agent has not changed this file.');
        return await createDiff(change, deps);
      }),
    undo: (choice, onTouched) =>
      inOrder(async () => {
        const turns = await chosen(choice);
        const [only] = choice.turnId === undefined ? [] : turns;
        const title = only === undefined ? 'Undo' : `Undo: ${only.title}`;
        return await undo(findFile(joinTurns(turns), choice.path), onTouched, title);
      }),
    undoFrom: (prompt, onTouched) =>
      inOrder(async () => undo(joinTurns(turnsFrom(readJournal(await files.journal()), prompt)), onTouched, 'Undo: rewind')),
  };
}

/** The diff from before the change to the current file. */
async function createDiff({ path, before: was }: FileChange, { files, fs, shownPath }: CheckpointDeps): Promise<ToolDisplay> {
  if (was.kind === 'unknown' || (was.kind === 'file' && !was.kept))
    return { kind: 'text', text: `The earlier state of the file was not saved. ${was.note ?? ''}`.trim() };
  const stat = await fs.stat(path);
  if (stat !== undefined && stat.sizeBytes > MAX_KEPT_FILE_BYTES) return { kind: 'text', text: 'The file is now too large to compare.' };
  const [old, now] = await Promise.all([
    was.kind === 'file' ? decodeText(await files.read(was.hash)) : undefined,
    stat === undefined ? undefined : decodeText(await fs.readBytes(path, MAX_KEPT_FILE_BYTES)),
  ]);
  if (old === BINARY || now === BINARY) return { kind: 'text', text: 'The file is not text.' };
  return await diffDisplay({ path: shownPath(path), before: was.kind === 'missing' ? undefined : (old ?? ''), after: now ?? '' });
}

const BINARY = Symbol('binary');

async function decodeText(bytes: Uint8Array): Promise<string | typeof BINARY> {
  const decoded = await decodeFile(bytes, { isComplete: true });
  return decoded.kind === 'text' ? decoded.text : BINARY;
}
