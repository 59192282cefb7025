/** `gantry sessions`: manages the sessions of this folder from a terminal or a script. */
import { rm, writeFile } from 'node:fs/promises';
import { defined, type Cursor, type ProjectId, type SessionHit, SessionId, type SessionSummary } from '../../../preload/contract/index.ts';
import { amount, asFileError, type Engine, EngineError, reportableError, writingFile } from '../../engine/index.ts';
import type { SessionsArgs } from '../args/args-sessions.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { formatFailure } from '../output/failure.ts';
import { openNodeEngine } from '../node-engine.ts';
import { pickSession } from '../run/pick-session.ts';
import { createStandardOutput } from '../output/standard-output.ts';

/** How much of an export is read at a time. Unit: bytes. */
const PIECE_BYTES = 256 * 1024;
const DEFAULT_HITS = 50;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface SessionsRun {
  readonly engine: Engine;
  readonly cwd: string;
  readonly write: (text: string) => void;
  readonly say: (line: string) => void;
  /** Aborted when the reader of the output has exited. */
  readonly signal: AbortSignal;
}

export async function sessionsCommand(args: SessionsArgs): Promise<number> {
  const { engine, close } = openNodeEngine({ hostKind: 'cli' });
  const output = createStandardOutput(process.stdout);
  const errors = createStandardOutput(process.stderr);
  const readerGone = new AbortController();
  output.onClosed(() => readerGone.abort());
  try {
    const say = (line: string) => errors.write(`${line}\n`);
    return await runSessions(args, { engine, cwd: process.cwd(), write: output.write, say, signal: readerGone.signal });
  } finally {
    await output.flush();
    await close();
  }
}

/** Returns the exit code; errors go to standard error, with `--json` as an object. */
export async function runSessions(args: SessionsArgs, run: SessionsRun): Promise<number> {
  try {
    return await perform(args, run);
  } catch (error) {
    const coded = reportableError(error);
    if (coded === undefined) throw error;
    const exitCode = exitCodeOf(coded.code);
    run.say(formatFailure({ message: coded.message, exitCode, type: coded.code }, args.json ? 'json' : 'text'));
    return exitCode;
  }
}

async function perform(args: SessionsArgs, run: SessionsRun): Promise<number> {
  const { engine, write, say } = run;
  const { sessions } = engine;
  const project = await engine.projects.open(run.cwd, { remember: false });
  const print = (value: object, text: string) => write(args.json ? `${JSON.stringify(value)}\n` : text);
  const named = async (name: string) => {
    if (UUID.test(name)) await assertReadable(engine, project.id, SessionId.parse(name));
    return pick(await sessions.list(project.id), name);
  };
  const archived = async () => (await sessions.page(project.id, { archived: true, limit: Number.MAX_SAFE_INTEGER })).sessions;
  switch (args.action) {
    case 'list': {
      const list = (args.archived ? await archived() : await sessions.list(project.id)).slice(0, args.limit);
      if (args.json) for (const session of list) write(`${JSON.stringify(await toListed(engine, session, run.cwd))}\n`);
      else write(formatSessions(list));
      if (list.length === 0 && !args.json) say(`This folder has no ${args.archived ? 'archived ' : ''}session.`);
      return EXIT.success;
    }
    case 'search':
      return await search(args, run, args.everywhere ? {} : { projectId: project.id });
    case 'export': {
      const { id } = await named(args.session);
      const { exportId, totalBytes } = await sessions.export(project.id, id, args.format);
      if (args.output !== undefined) await emptyFile(args.output);
      for (let offsetBytes = 0; offsetBytes < totalBytes && !run.signal.aborted; ) {
        const piece = await sessions.readExport(exportId, { offsetBytes, maxBytes: PIECE_BYTES });
        if (args.output === undefined) write(piece.text);
        else await appendToExport(args.output, piece.text);
        offsetBytes = piece.nextOffsetBytes;
      }
      if (args.output !== undefined) say(`Exported to ${args.output}.`);
      return EXIT.success;
    }
    case 'archive': {
      const { id, title } = await named(args.session);
      await sessions.archive(project.id, id);
      print({ id, title }, `"${title}" is archived. To bring it back: gantry sessions unarchive ${id}\n`);
      return EXIT.success;
    }
    case 'unarchive': {
      const { id } = pick(await archived(), args.session, 'This folder has no archived session.');
      const session = await sessions.unarchive(project.id, id);
      print(toJson(session), `"${session.title}" is back: ${session.id}\n`);
      return EXIT.success;
    }
    case 'delete': {
      const { id, title } = await named(args.session);
      const { token, keptUntilMs } = await sessions.delete(project.id, id);
      const until = new Date(keptUntilMs).toISOString().slice(0, 10);
      print(
        { id, title, token, keptUntilMs },
        `Deleted "${title}". Until ${until} it can be brought back: gantry sessions restore ${id}\n`,
      );
      return EXIT.success;
    }
    case 'restore': {
      const deleted = await sessions.listDeleted(project.id);
      const asSummaries = deleted.map((one) => ({ ...one, id: one.sessionId, updatedAtMs: one.deletedAtMs }));
      const { token } = pick(asSummaries, args.session, 'The trash of this folder is empty.');
      const session = await sessions.restore(project.id, token);
      print(toJson(session), `"${session.title}" is back: ${session.id}\n`);
      return EXIT.success;
    }
    case 'inspect': {
      // No list contains a file without a record, so an id is used as it is.
      const id = UUID.test(args.session) ? SessionId.parse(args.session) : (await named(args.session)).id;
      const report = await sessions.inspect(project.id, id);
      const { records, shown, problemCount, problems } = report;
      const rest = problemCount > problems.length ? `and ${problemCount - problems.length} more\n` : '';
      const heading = `${amount(records, 'record')}, ${shown} in the conversation, ${amount(problemCount, 'problem')}\n`;
      print(report, heading + problems.map(({ message }) => `${message}\n`).join('') + rest);
      return problemCount === 0 ? EXIT.success : EXIT.failure;
    }
    default:
      return args satisfies never;
  }
}

/** Prints hits as they are found; with `--json` one object per line. */
async function search(
  args: Extract<SessionsArgs, { action: 'search' }>,
  { engine, write, say, signal }: SessionsRun,
  where: Pick<Parameters<Engine['sessions']['search']>[0], 'projectId'>,
): Promise<number> {
  let left = args.limit ?? DEFAULT_HITS;
  let cursor: Cursor | undefined;
  let last: SessionId | undefined;
  do {
    const request = { ...where, query: args.query, limit: Math.min(left, DEFAULT_HITS), ...defined({ cursor }) };
    const page = await engine.sessions.search(request, signal);
    for (const hit of page.hits) {
      write(args.json ? `${JSON.stringify(hit)}\n` : formatHit(hit, hit.sessionId === last));
      last = hit.sessionId;
    }
    left -= page.hits.length;
    cursor = page.next;
  } while (cursor !== undefined && left > 0 && !signal.aborted);
  if (cursor !== undefined && !signal.aborted) say('There is more; --limit shows more of it.');
  if (last !== undefined) return EXIT.success;
  if (!args.json) say(`Nothing was found for "${args.query}".`);
  return EXIT.failure;
}

/** Groups hits like grep does by file: the session once, then a line for each hit. */
function formatHit({ sessionId, updatedAtMs, title, role, snippet }: SessionHit, isSame: boolean): string {
  const heading = isSame ? '' : `${sessionId}  ${toTime(updatedAtMs)}  ${title}\n`;
  return `${heading}    ${role}: ${snippet.before}${snippet.match}${snippet.after}\n`;
}

function pick<T extends Pick<SessionSummary, 'id' | 'title' | 'updatedAtMs'>>(from: readonly T[], name: string, none?: string): T {
  if (from.length === 0) throw new EngineError('session_unknown', none ?? 'This folder has no sessions.');
  const picked = pickSession(from, name);
  if (picked.kind === 'refused') throw new EngineError('session_unknown', picked.message);
  return picked.session;
}

/** No list contains anything but regular files; this error says why. */
async function assertReadable({ sessions }: Engine, projectId: ProjectId, id: SessionId): Promise<void> {
  await sessions.locate(projectId, id).catch((error: unknown) => {
    if (!(error instanceof EngineError) || error.code !== 'session_unknown') throw error;
  });
}

async function emptyFile(path: string): Promise<void> {
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw asFileError(error, 'write', path);
    const message = `${path} could not be written: it exists already. Choose another name, or remove it first.`;
    throw new EngineError('bad_params', message, { cause: error });
  }
}

/** A failed export leaves nothing behind. */
async function appendToExport(path: string, text: string): Promise<void> {
  await writingFile(path, () => writeFile(path, text, { flag: 'a' })).catch(async (error: unknown) => {
    await rm(path, { force: true });
    throw error;
  });
}

/** One session per line: id, time of the last record, title. */
export function formatSessions(sessions: readonly SessionSummary[]): string {
  return sessions.map(({ id, updatedAtMs, title }) => `${id}  ${toTime(updatedAtMs)}  ${title}\n`).join('');
}

/** A line of `list --json`: Qwen Code's fields, then Gantry's. A value that only Qwen Code knows is null. */
async function toListed({ sessions }: Engine, session: SessionSummary, cwd: string) {
  const { id, title, firstPrompt, createdAtMs, updatedAtMs, projectId } = session;
  return {
    sessionId: id,
    startTime: new Date(createdAtMs).toISOString(),
    mtime: updatedAtMs,
    prompt: firstPrompt ?? title,
    gitBranch: null,
    customTitle: firstPrompt === undefined ? null : title,
    titleSource: null,
    filePath: await sessions.locate(projectId, id).catch(() => null), // one that is archived has no place among the open ones
    cwd,
    ...toJson(session),
  };
}

function toJson({ id, title, createdAtMs, updatedAtMs }: SessionSummary) {
  return { id, title, createdAtMs, updatedAtMs };
}

function toTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
