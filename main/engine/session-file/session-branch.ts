/** Copies the history of a session into a new file, and rewinds within one. Source: docs/formats.md 2.3. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ItemId, SessionId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';
import { openRegular } from '../lib/regular-file.ts';
import {
  announcesPrompt,
  BRANCH_SUBTYPE,
  isLong,
  type LineLocation,
  readTokens,
  type RecordDraft,
  type RecordLine,
  type SessionRecord,
  typedText,
} from '../transcript/index.ts';
import { readChain } from './session-file.ts';
import { titleDraft } from './session-log.ts';

/** Records about the session and not the conversation: a copy has its own. Source: the records that 0.24.4 omits from a fork. */
const NOT_COPIED = new Set(['parent_session', 'session_source', 'session_sources_snapshot', 'turn_result', 'custom_title', BRANCH_SUBTYPE]);
/** The size of one write. Unit: UTF-16 code units. */
const CHUNK_CHARS = 1024 * 1024;

/** The source and the target of a copy; the target file must not exist. */
export interface BranchRequest {
  readonly from: { readonly path: string; readonly sessionId: SessionId; readonly title: string };
  readonly to: { readonly path: string; readonly sessionId: SessionId; readonly cwd: string; readonly version: string };
  /** A prompt of the user; absent: everything is copied. */
  readonly beforeItemId?: ItemId;
  readonly title: string;
  readonly nowMs: number;
}

/**
 * Writes the copy. Every record keeps its fields except session and parent, and names the record it
 * is a copy of, like those of 0.24.4.
 * Errors: `session_damaged`, `item_unknown`, `disk_full`, `file_unwritable`. The file is created only if the source can be read to
 * the end, and removed if it cannot be written to the end.
 */
export async function writeBranch(request: BranchRequest): Promise<{ promptText?: string }> {
  const found = await findPrompt(request.from.path, request.beforeItemId);
  await writingFile(request.to.path, () => writeCopy(request));
  return found === undefined ? {} : { promptText: found };
}

async function writeCopy({ from, to, beforeItemId, title, nowMs }: BranchRequest): Promise<void> {
  await mkdir(dirname(to.path), { recursive: true, mode: 0o700 });
  const source = await openRegular(from.path);
  const file = await open(to.path, 'wx', 0o600).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  try {
    let pending = '';
    let isOver = false;
    let parentUuid: string | null = null;
    const waiting: string[] = [];
    /** Records that precede a prompt are copied with it. */
    const announced: { readonly record: SessionRecord; readonly lines: readonly RecordLine[] }[] = [];
    const put = (record: Record<string, unknown>) => {
      pending += `${JSON.stringify(record)}\n`;
      if (pending.length > CHUNK_CHARS) waiting.push(pending);
      if (pending.length > CHUNK_CHARS) pending = '';
    };
    const own = ({ type, ...fields }: RecordDraft) => {
      const uuid = randomUUID();
      const timestamp = new Date(nowMs).toISOString();
      put({ uuid, parentUuid, sessionId: to.sessionId, timestamp, type, cwd: to.cwd, version: to.version, ...fields });
      parentUuid = uuid;
    };
    await readChain(from.path, async (record, lines) => {
      isOver ||= record.uuid === beforeItemId;
      if (isOver || (record.type === 'system' && NOT_COPIED.has(record.subtype ?? ''))) return;
      announced.push({ record, lines });
      if (announcesPrompt(record)) return;
      for (const each of announced.splice(0)) {
        const forkedFrom = { sessionId: from.sessionId, messageUuid: each.record.uuid };
        for (const line of each.lines) {
          const own = { sessionId: to.sessionId, parentUuid, forkedFrom };
          if (!isLong(line)) put({ ...toObject(line.text), ...own });
          else {
            waiting.push(pending);
            pending = '';
            for (const text of waiting.splice(0)) await file.appendFile(text);
            await copyLongLine({ source, line, target: file }, own);
          }
        }
        parentUuid = each.record.uuid;
      }
      for (const text of waiting.splice(0)) await file.appendFile(text);
    });
    const origin = { parentSessionId: from.sessionId, parentTitle: from.title, beforeUuid: beforeItemId ?? null };
    own({ type: 'system', subtype: BRANCH_SUBTYPE, systemPayload: origin });
    own(titleDraft(title));
    await file.appendFile(pending);
    await file.datasync();
  } catch (error) {
    await rm(to.path, { force: true });
    throw error;
  } finally {
    await Promise.all([source.close(), file.close()]);
  }
}

/** Copies the object piece by piece and replaces these members. */
async function copyLongLine(
  { source, line, target }: { readonly source: FileHandle; readonly line: LineLocation; readonly target: FileHandle },
  own: Readonly<Record<string, unknown>>,
): Promise<void> {
  await target.appendFile(JSON.stringify(own).slice(0, -1));
  for await (const token of readTokens(source, line)) {
    if (token.member === '' || token.member in own) continue;
    const needsComma = token.kind === 'raw' && token.isMemberStart && token.bytes[0] !== 0x2c;
    await target.appendFile(needsComma ? Buffer.concat([Buffer.from(','), token.bytes]) : token.bytes);
  }
  await target.appendFile('}\n');
}

/**
 * The record that cuts off a prompt and everything after it; the next record follows it. Errors: `session_damaged`, `item_unknown`.
 */
export async function rewindDraft(path: string, beforeItemId: ItemId): Promise<{ draft: RecordDraft; promptText: string; atMs: number }> {
  let before: string | null = null;
  let parentUuid: string | null = null;
  let turnIndex = 0;
  let prompt: string | undefined;
  let atMs = 0;
  await readChain(path, (record) => {
    if (prompt !== undefined) return;
    if (record.uuid === beforeItemId && isPrompt(record)) {
      prompt = typedText(record);
      atMs = Date.parse(record.timestamp) || 0;
      parentUuid = before;
    } else if (record.type === 'user' && record.subtype !== 'notification' && record.subtype !== 'cron') turnIndex += 1;
    if (!announcesPrompt(record)) before = record.uuid;
  });
  if (prompt === undefined) throw noSuchPrompt(beforeItemId);
  const systemPayload = { targetTurnIndex: turnIndex };
  return { draft: { type: 'system', subtype: 'rewind', parentUuid, systemPayload }, promptText: prompt, atMs };
}

/** A prompt of the user that can be rewound to. */
function isPrompt(record: SessionRecord): boolean {
  return record.type === 'user' && record.subtype === undefined && record.gantry?.shell === undefined;
}

async function findPrompt(path: string, itemId: ItemId | undefined): Promise<string | undefined> {
  let text: string | undefined;
  const hasRecords = await readChain(path, (record) => {
    if (record.uuid === itemId && isPrompt(record)) text = typedText(record);
  });
  if (!hasRecords) throw new EngineError('session_damaged', 'This session file contains no readable record.', { data: { path } });
  if (itemId !== undefined && text === undefined) throw noSuchPrompt(itemId);
  return text;
}

function noSuchPrompt(itemId: ItemId): EngineError {
  return new EngineError('item_unknown', 'You have no message with this id in this session. Choose one of your own messages.', {
    data: { itemId },
  });
}

function toObject(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line); // it was parsed as a record before
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
