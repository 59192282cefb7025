/**
 * Reads the last screen and the raw bytes of a task back from its files.
 * `.screen` is a cache: one line of JSON with size and offset, then the serialized terminal. If it is missing, the
 * screen is rebuilt from the end of the raw log.
 */
import { constants, fstat, read, write } from 'node:fs';
import { promisify } from 'node:util';
import { withDescriptor } from '../process/descriptors.ts';
import { createHeadlessTerminal } from '../terminal/terminal.ts';
import { REBUILD_BYTES, type Snapshot, withoutHazards, writeTail } from './screen-mirror.ts';

const VERSION = 1;

/** The last `maxBytes` of a file's first `endBytes`, from the beginning of a line. Errors: rejects when it cannot be read. */
export function readEnd(path: string, endBytes: number, maxBytes: number): Promise<{ bytes: Uint8Array; startBytes: number }> {
  return withDescriptor(path, constants.O_RDONLY, async (fd) => {
    const from = Math.max(0, endBytes - maxBytes);
    const data = await readPart(fd, from, endBytes - from);
    const line = from === 0 ? 0 : data.indexOf(0x0a) + 1; // 0 without a line end: then unchanged
    return { bytes: data.subarray(line), startBytes: from + line };
  });
}

export function writeScreen(path: string, snapshot: Snapshot): Promise<void> {
  const { offsetBytes, cols, rows, skipped } = snapshot;
  const header = Buffer.from(`${JSON.stringify({ v: VERSION, offsetBytes, cols, rows, skipped })}\n`);
  return withDescriptor(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, async (fd) => {
    const data = Buffer.concat([header, snapshot.bytes]);
    for (let at = 0; at < data.length; ) at += (await writeBytes(fd, data, at, data.length - at, at)).bytesWritten;
  });
}

const readBytes = promisify(read);
const writeBytes = promisify(write);
const statOf = promisify(fstat);

async function readPart(fd: number, from: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await readBytes(fd, buffer, at, length - at, from + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return buffer.subarray(0, at);
}

export interface EndedFiles {
  readonly rawPath: string;
  readonly screenPath: string;
  readonly cols: number;
  readonly rows: number;
  /** Known for a task of this run; the length of the raw file otherwise. */
  readonly offsetBytes?: number;
}

/** The last screen of an ended task. Without any file it is an empty screen, marked as skipped. */
export async function readEndedScreen(files: EndedFiles): Promise<Snapshot> {
  const cached = await readScreen(files.screenPath);
  if (cached !== undefined) return cached;
  try {
    const size = await fileSize(files.rawPath);
    const tail = await readEnd(files.rawPath, size, REBUILD_BYTES);
    const terminal = createHeadlessTerminal(files.cols, files.rows);
    await writeTail(terminal, tail.bytes);
    const bytes = Buffer.from(terminal.serialize(), 'utf8');
    const skipped = tail.startBytes > 0 || terminal.isFull();
    terminal.dispose();
    return { ...common(files, files.offsetBytes ?? size), bytes, skipped };
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
  return { offsetBytes, cols: files.cols, rows: files.rows, isPreview: false };
}

function fileSize(path: string): Promise<number> {
  return withDescriptor(path, constants.O_RDONLY, async (fd) => (await statOf(fd)).size);
}

async function readScreen(path: string): Promise<Snapshot | undefined> {
  try {
    const data = await withDescriptor(path, constants.O_RDONLY, async (fd) => readPart(fd, 0, (await statOf(fd)).size));
    const end = data.indexOf(0x0a);
    const header: unknown = JSON.parse(data.toString('utf8', 0, end));
    if (typeof header !== 'object' || header === null) return undefined;
    const field = (name: string): unknown => Reflect.get(header, name);
    const cols = field('cols');
    const rows = field('rows');
    const offsetBytes = field('offsetBytes');
    if (field('v') !== VERSION || typeof cols !== 'number' || typeof rows !== 'number' || typeof offsetBytes !== 'number') return undefined;
    return { cols, rows, offsetBytes, skipped: field('skipped') === true, isPreview: false, bytes: data.subarray(end + 1) };
  } catch {
    return undefined; // the cache is missing or damaged: the raw log is the truth
  }
}
