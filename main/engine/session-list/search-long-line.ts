/** Searches a record that is too long to be kept in memory: its texts are read in pieces. */
import type { FileHandle } from 'node:fs/promises';
import { ItemId } from '../../../preload/contract/index.ts';
import {
  callsOf,
  findSnippet,
  type JsonPath,
  type LineLocation,
  readTexts,
  type RecordHit,
  type SessionRecord,
} from '../transcript/index.ts';

/** Kept from the previous piece, so that a match across two pieces is found, with some text before it. Unit: UTF-16 code units. */
const HELD_CHARS = 1024;

/** Like `findInRecord`, for the whole line; `record` is the line with its texts cut. */
export async function findInLongLine(
  file: FileHandle,
  line: LineLocation,
  { record, query }: { readonly record: SessionRecord; readonly query: string },
): Promise<readonly RecordHit[]> {
  const createdAtMs = Date.parse(record.timestamp) || 0;
  const hits = new Map<string, RecordHit>();
  let held = '';
  for await (const { path, text, isLast } of readTexts(file, line)) {
    const row = rowAt(record, path);
    if (row === undefined || hits.has(row.itemId)) continue;
    const snippet = findSnippet(held + text, query);
    held = isLast ? '' : (held + text).slice(-HELD_CHARS);
    if (snippet === undefined) continue;
    held = '';
    hits.set(row.itemId, { ...row, itemId: ItemId.parse(row.itemId.slice(0, 200) || 'unknown'), createdAtMs, snippet });
  }
  return [...hits.values()];
}

/** The row that shows the text at this path of a record; consistent with `toRowTexts` for whole records. */
function rowAt(record: SessionRecord, path: JsonPath): (Pick<RecordHit, 'role'> & { readonly itemId: string }) | undefined {
  const [top, second, at, name] = path;
  const part = top === 'message' && second === 'parts' && typeof at === 'number' ? name : undefined;
  const hasShown = typeof record.systemPayload?.['displayText'] === 'string';
  switch (record.type) {
    case 'user': {
      const isShown = hasShown ? top === 'systemPayload' && second === 'displayText' : part === 'text';
      const isPrompt = record.subtype === undefined || record.subtype === 'mid_turn_user_message';
      return isShown ? { itemId: record.uuid, role: isPrompt ? 'user' : 'notice' } : undefined;
    }
    case 'assistant': {
      if (part === 'text') return { itemId: record.uuid, role: 'assistant' };
      const before = (record.message?.parts ?? []).slice(0, Number(at) + 1);
      const call = part === 'functionCall' && path[4] === 'args' ? callsOf(before, record.uuid).at(-1) : undefined;
      return call === undefined ? undefined : { itemId: call.id, role: 'tool' };
    }
    case 'tool_result': {
      const response = record.message?.parts.find((each) => each.functionResponse !== undefined)?.functionResponse;
      const isResponse = part === 'functionResponse' && path[4] === 'response';
      return isResponse ? { itemId: record.toolCallResult?.callId ?? response?.id ?? record.uuid, role: 'tool' } : undefined;
    }
    case 'system':
      return record.subtype === 'gantry_notice' && top === 'systemPayload' && second === 'item'
        ? { itemId: record.uuid, role: 'notice' }
        : undefined;
    default:
      return undefined;
  }
}
