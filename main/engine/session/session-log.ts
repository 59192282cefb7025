/**
 * The file of one session: Qwen Code's JSONL, append-only, one record a line.
 * Owns: the chain's tail, the check that nobody else wrote, the newline before a torn last line, the title anchors.
 * Does not own: what records mean (session-history.ts) and who may write (session-lease.ts).
 * Durability: a record is with the operating system when `append` resolves, so it survives the end of this process.
 * Source: qwen-code.md 2.2, 2.3; design.md 6.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createLineReader, type LinePlace, scanLines } from './line-file.ts';
import { findLeaf, readHeader, type RecordHeader, walkChain } from './record-chain.ts';
import { mergeRecords, parseRecord, type RecordDraft, type SessionRecord } from './session-record.ts';

/** A title is written again after this much, so that a scan of the last 64 KB finds it. Unit: bytes. */
const TITLE_ANCHOR_BYTES = 32 * 1024;
/** How much of the end is compared before an append. Unit: bytes. */
const TAIL_BYTES = 96;

export interface SessionLogOptions {
  readonly path: string;
  readonly sessionId: string;
  readonly cwd: string;
  /** Written as the records' `version`. */
  readonly version: string;
  readonly nowMs: () => number;
  readonly gitBranch: () => Promise<string | undefined>;
}

/**
 * Order: appends of one log run one after the other. Errors: those of the file system are thrown as they are.
 * `foreign` tells that someone else appended since the last look: what is held in memory is not the whole chain.
 */
export interface SessionLog {
  readonly path: string;
  /** Visits the active chain, oldest first. Returns false where the file is missing or holds no record. */
  readChain(visit: (record: SessionRecord) => void): Promise<boolean>;
  /** Writes the records and makes the last one the tail. */
  append(drafts: readonly RecordDraft[]): Promise<{ uuids: readonly string[]; foreign: boolean }>;
  /** True where the file is not as this log left it. */
  hasChanged(): Promise<boolean>;
  exists(): Promise<boolean>;
}

interface FileState {
  readonly sizeBytes: number;
  readonly tail: string;
  readonly endsWithNewline: boolean;
  readonly leaf: string | null;
  readonly title: string | undefined;
  readonly bytesSinceTitle: number;
}

const EMPTY: FileState = { sizeBytes: 0, tail: '', endsWithNewline: true, leaf: null, title: undefined, bytesSinceTitle: 0 };

export function createSessionLog(options: SessionLogOptions): SessionLog {
  let known: FileState | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined); // the caller gets the error; the next append still runs
    return done;
  };

  async function append(drafts: readonly RecordDraft[]) {
    await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
    const gitBranch = await options.gitBranch();
    const file = await open(options.path, 'a+', 0o600);
    try {
      const before = known === undefined || !(await isUnchanged(file, known)) ? await scanState(file) : known;
      const foreign = known !== undefined && before !== known;
      const anchored =
        before.title !== undefined && before.bytesSinceTitle > TITLE_ANCHOR_BYTES ? [...drafts, titleDraft(before.title)] : drafts;
      const records = chain(anchored, before.leaf, gitBranch);
      const text = `${before.endsWithNewline ? '' : '\n'}${records.map((record) => `${JSON.stringify(record)}\n`).join('')}`;
      await file.appendFile(text);
      known = advance(before, text, records);
      return { uuids: records.map((record) => record.uuid), foreign };
    } finally {
      await file.close();
    }
  }

  function chain(drafts: readonly RecordDraft[], leaf: string | null, gitBranch: string | undefined) {
    let parentUuid = leaf;
    return drafts.map(({ uuid = randomUUID(), type, subtype, ...fields }) => {
      const record = {
        uuid,
        parentUuid,
        sessionId: options.sessionId,
        timestamp: new Date(options.nowMs()).toISOString(),
        type,
        ...(subtype === undefined ? {} : { subtype }),
        cwd: options.cwd,
        version: options.version,
        ...(gitBranch === undefined ? {} : { gitBranch }),
        ...fields,
      };
      parentUuid = uuid;
      return record;
    });
  }

  return {
    path: options.path,
    exists: async () => (await stat(options.path).catch(() => undefined)) !== undefined,
    append: (drafts) => inOrder(() => append(drafts)),
    readChain: (visit) =>
      inOrder(async () => {
        const file = await openIfThere(options.path);
        if (file === undefined) return false;
        try {
          const state = await visitChain(file, visit);
          known = state;
          return state.leaf !== null;
        } finally {
          await file.close();
        }
      }),
    hasChanged: () =>
      inOrder(async () => {
        const file = await openIfThere(options.path);
        if (file === undefined) return known !== undefined && known.sizeBytes > 0;
        try {
          return known === undefined || !(await isUnchanged(file, known));
        } finally {
          await file.close();
        }
      }),
  };
}

/** The record that names a session; the last one of the file holds. */
export function titleDraft(title: string): RecordDraft {
  return { type: 'system', subtype: 'custom_title', systemPayload: { customTitle: title, titleSource: 'manual' } };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isUnchanged(file: FileHandle, known: FileState): Promise<boolean> {
  const { size } = await file.stat();
  return size === known.sizeBytes && (await readTail(file, size)) === known.tail;
}

async function readTail(file: FileHandle, size: number): Promise<string> {
  const length = Math.min(TAIL_BYTES, size);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('latin1');
}

interface Scan {
  readonly state: FileState;
  readonly headers: readonly RecordHeader[];
  readonly places: ReadonlyMap<string, readonly LinePlace[]>;
}

async function scan(file: FileHandle): Promise<Scan> {
  const headers: RecordHeader[] = [];
  const places = new Map<string, LinePlace[]>();
  let end = 0;
  let endsWithNewline = true;
  let title: { text: string; end: number } | undefined;
  for await (const line of scanLines(file)) {
    end = line.offset + line.length + (line.complete ? 1 : 0);
    endsWithNewline = line.complete;
    const header = readHeader(line.text);
    if (header === undefined) continue;
    if (header.customTitle !== undefined) title = { text: header.customTitle, end };
    const known = places.get(header.uuid);
    if (known === undefined) {
      headers.push(header);
      places.set(header.uuid, [{ offset: line.offset, length: line.length }]);
    } else known.push({ offset: line.offset, length: line.length });
  }
  const state: FileState = {
    sizeBytes: end,
    tail: await readTail(file, end),
    endsWithNewline,
    leaf: findLeaf(headers),
    title: title?.text,
    bytesSinceTitle: title === undefined ? 0 : end - title.end,
  };
  return { state, headers, places };
}

async function scanState(file: FileHandle): Promise<FileState> {
  const { size } = await file.stat();
  return size === 0 ? EMPTY : (await scan(file)).state;
}

/** Two passes: places first, then the records of the chain one at a time, so that a long file is never held whole. */
async function visitChain(file: FileHandle, visit: (record: SessionRecord) => void): Promise<FileState> {
  const { state, headers, places } = await scan(file);
  const readLine = createLineReader(file);
  for (const uuid of walkChain(headers, state.leaf)) {
    let record: SessionRecord | undefined;
    for (const place of places.get(uuid) ?? []) {
      const part = parseRecord(await readLine(place));
      if (part !== undefined) record = record === undefined ? part : mergeRecords(record, part);
    }
    if (record !== undefined) visit(record);
  }
  return state;
}

function advance(
  before: FileState,
  text: string,
  records: readonly { uuid: string; subtype?: string; systemPayload?: unknown }[],
): FileState {
  const bytes = Buffer.from(text);
  const titled = records.findLast((record) => record.subtype === 'custom_title');
  const title = titled === undefined ? before.title : (readHeader(JSON.stringify(titled))?.customTitle ?? before.title);
  return {
    sizeBytes: before.sizeBytes + bytes.length,
    tail: `${before.tail}${bytes.subarray(-TAIL_BYTES).toString('latin1')}`.slice(-TAIL_BYTES),
    endsWithNewline: true,
    leaf: records.at(-1)?.uuid ?? before.leaf,
    title,
    bytesSinceTitle: titled === undefined ? before.bytesSinceTitle + bytes.length : 0,
  };
}
