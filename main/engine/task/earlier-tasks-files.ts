/**
 * The files of a session's earlier background tasks in its output folder: the `.status` sidecars (docs/formats.md 5.1), and, for
 * the few tasks that are listed, the size and the last line of their output. Tasks of Qwen Code are included.
 * Errors: none; a file that cannot be read, is not a regular file or is invalid counts as missing.
 */
import { constants } from 'node:fs';
import { lstat, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defined, type SessionId, TaskId, type TaskSummary } from '../../../preload/contract/index.ts';
import type { BoundedText } from '../ports.ts';
import { NO_TEXT } from './task.ts';
import { ENDED_WITH_APP } from './task-end.ts';
import { taskIdForCall } from './task-id.ts';

/** The number of sidecars that are read. Those that still say running may be older than all listed tasks. */
const MAX_SIDECARS = 200;
/** A sidecar contains one command line. Unit: bytes. */
const MAX_SIDECAR_BYTES = 256 * 1024;
const LAST_LINE_BYTES = 4096;
const LAST_LINE_CHARS = 200;
/** For the head and the tail each. Unit: bytes. */
const TEXT_BYTES = 15_000;
/** Contains the time the list was cleared, in epoch ms. */
const CLEARED_FILE = 'gantry-cleared';
/** The clock of the file system may lag by this much. Unit: ms. */
const CLOCK_MS = 1000;
const SNIFF_BYTES = 4096;
const NAME = /^shell-(bg_[0-9a-f]{8})\.status$/;
/** Does not wait for the other end of a FIFO and does not follow a link. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const Sidecar = z.object({
  status: z.enum(['running', 'completed', 'failed', 'cancelled']),
  command: z.string(),
  cwd: z.string(),
  startTime: Time,
  updatedAt: Time.optional().catch(undefined),
  endTime: Time.optional().catch(undefined),
  pid: z.number().int().positive().optional().catch(undefined),
  exitCode: z.number().int().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  byUser: z.boolean().optional().catch(undefined),
});

type Sidecar = z.infer<typeof Sidecar>;

export interface EarlierStatus extends Sidecar {
  readonly taskId: TaskId;
  /** When the sidecar was written. */
  readonly writtenAtMs: number;
}

export interface EarlierPaths {
  readonly statusPath: string;
  readonly rawPath: string;
  readonly textPath: string;
}

export function earlierPaths(folder: string, taskId: TaskId): EarlierPaths {
  const base = join(folder, `shell-${taskId}`);
  return { statusPath: `${base}.status`, rawPath: `${base}.raw`, textPath: `${base}.output` };
}

/** Sorted by last change, newest first. */
export async function readStatuses(folder: string): Promise<readonly EarlierStatus[]> {
  const names = (await readdir(folder, { withFileTypes: true }).catch(() => [])).flatMap((entry) => {
    const taskId = entry.isFile() ? NAME.exec(entry.name)?.[1] : undefined;
    return taskId === undefined ? [] : [TaskId.parse(taskId)];
  });
  const dated = await Promise.all(
    names.map(async (taskId) => ({ taskId, writtenAtMs: (await statFile(earlierPaths(folder, taskId).statusPath))?.mtimeMs ?? 0 })),
  );
  const newest = dated.toSorted((a, b) => b.writtenAtMs - a.writtenAtMs).slice(0, MAX_SIDECARS);
  return (await Promise.all(newest.map(({ taskId, writtenAtMs }) => readStatus(folder, taskId, writtenAtMs)))).flat();
}

async function readStatus(folder: string, taskId: TaskId, writtenAtMs: number): Promise<EarlierStatus[]> {
  const bytes = await readPart(earlierPaths(folder, taskId).statusPath, { atMost: MAX_SIDECAR_BYTES });
  try {
    const parsed = Sidecar.safeParse(JSON.parse(bytes?.bytes.toString('utf8') ?? ''));
    return parsed.success ? [{ ...parsed.data, taskId, writtenAtMs }] : [];
  } catch {
    return []; // truncated, or not JSON
  }
}

/** The task as it is listed. If its file says running, it ended at its last sign of life: output, or the app touching the file. */
export async function toEarlierSummary(folder: string, sessionId: SessionId, status: EarlierStatus): Promise<TaskSummary> {
  const { rawPath, textPath } = earlierPaths(folder, status.taskId);
  const [raw, text] = await Promise.all([statFile(rawPath), readPart(textPath, { fromEnd: LAST_LINE_BYTES })]);
  const { taskId: id, command, cwd, startTime: startedAtMs, pid, exitCode, byUser } = status;
  const error = status.status === 'running' ? ENDED_WITH_APP : status.error;
  const lastOutputAtMs = raw?.mtimeMs ?? text?.mtimeMs;
  const lastSignMs = Math.floor(Math.max(startedAtMs, status.updatedAt ?? 0, status.writtenAtMs, lastOutputAtMs ?? 0));
  return {
    id,
    sessionId,
    command,
    cwd,
    placement: 'background',
    wasBackground: true,
    status: status.status === 'running' || error === ENDED_WITH_APP ? 'interrupted' : status.status,
    startedAtMs,
    endedAtMs: status.endTime ?? lastSignMs,
    ...defined({ pid, exitCode, error, byUser, lastOutputAtMs }),
    ...(text === undefined ? {} : { outputPath: textPath }),
    outputBytes: raw?.size ?? text?.size ?? 0,
    droppedBytes: 0,
    lastLine: getLastLine(text?.bytes.toString('utf8') ?? ''),
    ofEarlierRun: true,
    rev: 1,
  };
}

/** Tasks that ended up to this moment were cleared from the list; 0: never cleared. */
export async function readClearedAt(folder: string): Promise<number> {
  const part = await readPart(join(folder, CLEARED_FILE), { atMost: 100 });
  const clearedAtMs = Number(part?.bytes.toString('utf8') ?? '');
  return Number.isFinite(clearedAtMs) ? clearedAtMs : 0;
}

/** Errors: those of the file system. */
export async function writeClearedAt(folder: string, clearedAtMs: number): Promise<void> {
  await writeFile(join(folder, CLEARED_FILE), String(clearedAtMs), { mode: 0o600 });
}

/** Both ends of the plain text. `omittedChars` counts bytes here, because the middle is not read. */
export async function readEarlierText(textPath: string): Promise<BoundedText> {
  const head = await readPart(textPath, { atMost: 2 * TEXT_BYTES, isCutAllowed: true });
  if (head === undefined) return NO_TEXT;
  const known = { totalBytes: head.size, droppedBytes: 0, isBinary: head.bytes.subarray(0, SNIFF_BYTES).includes(0) };
  if (head.size <= 2 * TEXT_BYTES) return { ...known, head: head.bytes.toString('utf8'), tail: '', omittedChars: 0 };
  const tail = await readPart(textPath, { fromEnd: TEXT_BYTES });
  const omittedChars = head.size - 2 * TEXT_BYTES;
  return { ...known, head: whole(head.bytes.subarray(0, TEXT_BYTES)), tail: whole(tail?.bytes ?? Buffer.alloc(0)), omittedChars };
}

/** Removes the fragments of a character at both ends. */
function whole(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFFFD{1,3}|\uFFFD{1,3}$/g, '');
}

function getLastLine(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/\p{Cc}/gu, ' ').trim());
  return (lines.findLast((line) => line !== '') ?? '').slice(0, LAST_LINE_CHARS);
}

interface Part {
  readonly bytes: Buffer;
  readonly size: number;
  readonly mtimeMs: number;
}

/** `atMost`: the beginning; a longer file gives nothing unless a cut is allowed. `fromEnd`: the end. */
async function readPart(
  path: string,
  part: { readonly atMost: number; readonly isCutAllowed?: true } | { readonly fromEnd: number },
): Promise<Part | undefined> {
  try {
    await using file = await open(path, READ_FLAGS);
    const facts = await file.stat();
    if (!facts.isFile() || ('atMost' in part && part.isCutAllowed !== true && facts.size > part.atMost)) return undefined;
    const length = Math.min(facts.size, 'atMost' in part ? part.atMost : part.fromEnd);
    const at = 'atMost' in part ? 0 : facts.size - length;
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
    return { bytes: buffer.subarray(0, bytesRead), size: facts.size, mtimeMs: facts.mtimeMs };
  } catch {
    return undefined; // missing, or not readable
  }
}

async function statFile(path: string): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
  const facts = await lstat(path).catch(() => undefined);
  return facts?.isFile() === true ? facts : undefined;
}

/** The output of a command that ran in the foreground when the app ended. `endedAtMs`: the last sign of life. */
export interface InterruptedOutput {
  readonly taskId: TaskId;
  readonly text: BoundedText;
  readonly endedAtMs: number;
}

/** Undefined: the command of this call did not start, or its files are gone. `sinceMs`: older files belong to another command. */
export async function readInterruptedOutput(
  folder: string,
  { sessionId, callId, sinceMs }: { readonly sessionId: string; readonly callId: string; readonly sinceMs: number },
): Promise<InterruptedOutput | undefined> {
  const taskId = taskIdForCall(sessionId, callId);
  const { rawPath, textPath } = earlierPaths(folder, taskId);
  const raw = await statFile(rawPath);
  if (raw === undefined || raw.mtimeMs < sinceMs - CLOCK_MS) return undefined;
  return { taskId, text: await readEarlierText(textPath), endedAtMs: Math.floor(raw.mtimeMs) };
}
