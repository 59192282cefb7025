/**
 * The last screen and the raw bytes of a task, read back from its files.
 * `.screen` is a cache: one line of JSON with size and offset, then the serialized terminal. Where it is missing the
 * screen is made again from the end of the raw log.
 */
import { open, readFile, writeFile } from 'node:fs/promises';
import { REBUILD_BYTES, type Snapshot, withoutHazards, writeTail } from './screen-mirror.ts';
import { createHeadlessTerminal } from './terminal.ts';

const VERSION = 1;

/** The last `maxBytes` of a file's first `endBytes`, from the beginning of a line. Errors: rejects where it cannot be read. */
export async function readEnd(path: string, endBytes: number, maxBytes: number): Promise<{ bytes: Uint8Array; startBytes: number }> {
  const file = await open(path, 'r');
  try {
    const from = Math.max(0, endBytes - maxBytes);
    const buffer = Buffer.alloc(endBytes - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    const data = buffer.subarray(0, bytesRead);
    const line = from === 0 ? 0 : data.indexOf(0x0a) + 1; // 0 when there is no line end: then as it is
    return { bytes: data.subarray(line), startBytes: from + line };
  } finally {
    await file.close();
  }
}

export async function writeScreen(path: string, snapshot: Snapshot): Promise<void> {
  const { offsetBytes, cols, rows, skipped } = snapshot;
  const header = Buffer.from(`${JSON.stringify({ v: VERSION, offsetBytes, cols, rows, skipped })}\n`);
  await writeFile(path, Buffer.concat([header, snapshot.bytes]), { mode: 0o600 });
}

export interface EndedFiles {
  readonly rawPath: string;
  readonly screenPath: string;
  readonly cols: number;
  readonly rows: number;
  /** Known for a task of this run; the length of the raw file otherwise. */
  readonly offsetBytes?: number;
}

/** What an ended task shows. Without any file it is an empty screen, marked as skipped. */
export async function readEndedScreen(files: EndedFiles): Promise<Snapshot> {
  const cached = await readScreen(files.screenPath);
  if (cached !== undefined) return cached;
  try {
    const size = await fileSize(files.rawPath);
    const tail = await readEnd(files.rawPath, size, REBUILD_BYTES);
    const terminal = createHeadlessTerminal(files.cols, files.rows);
    await writeTail(terminal, tail.bytes);
    const bytes = Buffer.from(terminal.serialize(), 'utf8');
    terminal.dispose();
    return { ...common(files, files.offsetBytes ?? size), bytes, skipped: tail.startBytes > 0 };
  } catch {
    return { ...common(files, files.offsetBytes ?? 0), bytes: new Uint8Array(0), skipped: true };
  }
}

/** The end of the raw log as a replay. */
export async function readEndedHistory(files: EndedFiles, historyBytes: number): Promise<Snapshot> {
  try {
    const size = await fileSize(files.rawPath);
    const tail = await readEnd(files.rawPath, size, historyBytes);
    return { ...common(files, files.offsetBytes ?? size), bytes: withoutHazards(tail.bytes), skipped: tail.startBytes > 0 };
  } catch {
    return readEndedScreen(files);
  }
}

function common(files: EndedFiles, offsetBytes: number) {
  return { offsetBytes, cols: files.cols, rows: files.rows, isRough: false };
}

async function fileSize(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function readScreen(path: string): Promise<Snapshot | undefined> {
  try {
    const data = await readFile(path);
    const end = data.indexOf(0x0a);
    const header: unknown = JSON.parse(data.toString('utf8', 0, end));
    if (typeof header !== 'object' || header === null) return undefined;
    const field = (name: string): unknown => Reflect.get(header, name);
    const cols = field('cols');
    const rows = field('rows');
    const offsetBytes = field('offsetBytes');
    if (field('v') !== VERSION || typeof cols !== 'number' || typeof rows !== 'number' || typeof offsetBytes !== 'number') return undefined;
    return { cols, rows, offsetBytes, skipped: field('skipped') === true, isRough: false, bytes: data.subarray(end + 1) };
  } catch {
    return undefined; // no cache, or a damaged one: the raw log is the truth
  }
}
