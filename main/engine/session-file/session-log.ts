/**
 * The file of one session: Qwen Code's JSONL, append-only, one record a line.
 * Owns: the chain's tail, the check that no other program wrote, the newline before a truncated last line, the title anchors. An append is
 * complete or absent: what a full disk has cut off is removed.
 * Does not own: the meaning of records (transcript/) and the right to write (session-lease.ts), which it checks before each write.
 * Durability: a record is with the operating system when `append` resolves, so it survives the end of this process, even by
 * kill -9. `sync` at the end of a turn puts it on the disk, so that it survives a power cut. An fsync for every record was
 * rejected: it costs about 5 ms each on a laptop's disk, in the middle of an answer.
 * Source: docs/formats.md 2.2, 2.3; docs/sessions.md, "The lease".
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeJson } from '../lib/encode-json.ts';
import { writingFile } from '../lib/file-errors.ts';
import { openRegular } from '../lib/regular-file.ts';
import { readHeader, type RecordDraft } from '../transcript/index.ts';
import { appendWhole } from './append-whole.ts';
import { defined } from '../../../preload/contract/index.ts';
import { describeEnd, type FileState, isUnchanged, openIfThere, scanState, TAIL_BYTES } from './session-file.ts';

/** A title is written again after this much, so that a scan of the last 64 KB finds it. Unit: bytes. */
const TITLE_ANCHOR_BYTES = 32 * 1024;
const LINE_END = Buffer.from('\n');
/** The flags of `a+`. */
const APPEND_FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR;

export interface SessionLogOptions {
  readonly path: string;
  readonly sessionId: string;
  readonly cwd: string;
  /** Written as the `version` of records. */
  readonly version: string;
  readonly nowMs: () => number;
  readonly gitBranch: () => Promise<string | undefined>;
  /** Rejects if another process may write the file. Called as the last step before each write. */
  readonly assertWritable?: () => Promise<void>;
  /** Opens the file for appending; default: the system's function. */
  readonly openFile?: OpenFile;
}

/** Called by a reader that has found the last record of the conversation, so that an append need not search it. */
export type OnLeaf = (leaf: string | null) => void;

export type OpenFile = (path: string, flags: number, mode: number) => Promise<FileHandle>;

/**
 * Order: appends of one log run one after the other. Errors: `append` throws those of `assertWritable`, `disk_full`, `file_unwritable`, and
 * has then written nothing; other methods throw those of the file system.
 * `foreign` means that another program has appended since the last check: the chain in memory is incomplete.
 */
export interface SessionLog {
  readonly path: string;
  /** Reads the file between two appends. Undefined: it is missing. */
  read<T>(work: (file: FileHandle, sizeBytes: number, onLeaf: OnLeaf) => Promise<T>): Promise<T | undefined>;
  /** Writes the records and makes the last one the tail. */
  append(drafts: readonly RecordDraft[]): Promise<{ uuids: readonly string[]; foreign: boolean }>;
  /** Flushes appended records to the disk. */
  sync(): Promise<void>;
  /** True if the file has changed since this log last accessed it. */
  hasChanged(): Promise<boolean>;
  exists(): Promise<boolean>;
}

export function createSessionLog(options: SessionLogOptions): SessionLog {
  let known: FileState | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined); // the caller gets the error; the next append still runs
    return done;
  };

  async function append(drafts: readonly RecordDraft[]) {
    const gitBranch = await options.gitBranch();
    const file = await openForAppend(options.path, options.openFile ?? openRegular);
    try {
      const before = known === undefined || !(await isUnchanged(file, known)) ? await scanState(file) : known;
      const foreign = known !== undefined && before !== known;
      known = before; // the state to return to if the append fails
      const anchored =
        before.title !== undefined && before.bytesSinceTitle > TITLE_ANCHOR_BYTES ? [...drafts, titleDraft(before.title)] : drafts;
      const records = chain(anchored, before.leaf, gitBranch);
      const lines = await Promise.all(records.map(async (record) => [...(await encodeJson(record)), LINE_END]));
      const pieces = [...(before.endsWithNewline ? [] : [LINE_END]), ...lines.flat()];
      await options.assertWritable?.();
      await appendWhole(file, pieces, { path: options.path, sizeBytes: before.sizeBytes });
      const after = advance(before, pieces, records);
      // Another program may have written between the check and the append. Both wrote whole lines, and the file is scanned again.
      const isAlone = (await file.stat()).size === after.sizeBytes;
      known = isAlone ? after : undefined;
      return { uuids: records.map((record) => record.uuid), foreign: foreign || !isAlone };
    } finally {
      await file.close();
    }
  }

  function chain(drafts: readonly RecordDraft[], leaf: string | null, gitBranch: string | undefined) {
    let parentUuid = leaf;
    return drafts.map(({ uuid = randomUUID(), parentUuid: given = parentUuid, type, subtype, ...fields }) => {
      const record = {
        uuid,
        parentUuid: given,
        sessionId: options.sessionId,
        timestamp: new Date(options.nowMs()).toISOString(),
        type,
        ...defined({ subtype }),
        cwd: options.cwd,
        version: options.version,
        ...defined({ gitBranch }),
        ...fields,
      };
      parentUuid = uuid;
      return record;
    });
  }

  return {
    path: options.path,
    exists: async () => (await stat(options.path).catch(() => undefined)) !== undefined,
    append: (drafts) => enqueue(() => writingFile(options.path, () => append(drafts))),
    sync: () =>
      enqueue(async () => {
        const file = await openIfThere(options.path);
        try {
          await file?.datasync();
        } finally {
          await file?.close();
        }
      }),
    read: (work) =>
      enqueue(async () => {
        const file = await openIfThere(options.path);
        if (file === undefined) return undefined;
        try {
          const { size } = await file.stat();
          let found: { readonly leaf: string | null } | undefined;
          const result = await work(file, size, (leaf) => (found = { leaf }));
          if (found !== undefined) known = await describeEnd(file, size, found.leaf);
          return result;
        } finally {
          await file.close();
        }
      }),
    hasChanged: () =>
      enqueue(async () => {
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

/** Appends happen twice per round, so the folder is created only when it is missing. */
async function openForAppend(path: string, openFile: OpenFile): Promise<FileHandle> {
  try {
    return await openFile(path, APPEND_FLAGS, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return openFile(path, APPEND_FLAGS, 0o600);
  }
}

/** The record that names a session; the last one in the file applies. */
export function titleDraft(title: string): RecordDraft {
  return { type: 'system', subtype: 'custom_title', systemPayload: { customTitle: title, titleSource: 'manual' } };
}

function advance(
  before: FileState,
  pieces: readonly Buffer[],
  records: readonly { uuid: string; subtype?: string; systemPayload?: unknown }[],
): FileState {
  const titled = records.findLast((record) => record.subtype === 'custom_title');
  const title = titled === undefined ? before.title : (readHeader(JSON.stringify(titled))?.customTitle ?? before.title);
  const byteCount = pieces.reduce((sum, { length }) => sum + length, 0);
  return {
    sizeBytes: before.sizeBytes + byteCount,
    tail: pieces.reduce((tail, piece) => `${tail}${piece.subarray(-TAIL_BYTES).toString('latin1')}`.slice(-TAIL_BYTES), before.tail),
    endsWithNewline: true,
    leaf: records.at(-1)?.uuid ?? before.leaf,
    title,
    bytesSinceTitle: titled === undefined ? before.bytesSinceTitle + byteCount : 0,
  };
}
