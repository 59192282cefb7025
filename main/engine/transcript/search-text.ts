/** Finds text in a record. Pure. */
import { ItemId, type SessionHit } from '../../../preload/contract/index.ts';
import { callsOf } from './model-history.ts';
import type { SessionRecord } from './session-record.ts';

const BEFORE_CHARS = 80;
const MATCH_CHARS = 200;
const AFTER_CHARS = 160;

export type RecordHit = Pick<SessionHit, 'itemId' | 'role' | 'createdAtMs' | 'snippet'>;

/**
 * Checks without parsing whether a line can contain the text. JSON escapes the text as `JSON.stringify` does; a writer that escapes
 * more than necessary (`\u00e9`, `\/`) makes every such line a candidate.
 */
export function createLineFilter(query: string): (line: string) => boolean {
  const needle = JSON.stringify(query.toLowerCase()).slice(1, -1);
  return (line) => {
    if (line.toLowerCase().includes(needle)) return true;
    return line.includes('\\u') || (line.includes('\\/') && needle.includes('/'));
  };
}

/** At most one hit for each row of the record. */
export function findInRecord(record: SessionRecord, query: string): readonly RecordHit[] {
  const createdAtMs = Date.parse(record.timestamp) || 0;
  return toRowTexts(record).flatMap(({ itemId, role, text }) => {
    const snippet = findSnippet(text, query);
    return snippet === undefined ? [] : [{ itemId: ItemId.parse(itemId.slice(0, 200) || 'unknown'), role, createdAtMs, snippet }];
  });
}

interface RowText {
  readonly itemId: string;
  readonly role: SessionHit['role'];
  readonly text: string;
}

function toRowTexts(record: SessionRecord): readonly RowText[] {
  const parts = record.message?.parts ?? [];
  const text = parts.map((part) => part.text ?? '').join('\n');
  switch (record.type) {
    case 'user': {
      const shown = record.systemPayload?.['displayText'];
      const isPrompt = record.subtype === undefined || record.subtype === 'mid_turn_user_message';
      return [{ itemId: record.uuid, role: isPrompt ? 'user' : 'notice', text: typeof shown === 'string' ? shown : text }];
    }
    case 'assistant':
      return [
        { itemId: record.uuid, role: 'assistant', text },
        ...callsOf(parts, record.uuid).map((call) => ({ itemId: call.id, role: 'tool' as const, text: stringsOf(call.input).join('\n') })),
      ];
    case 'tool_result': {
      const response = parts.find((part) => part.functionResponse !== undefined)?.functionResponse;
      const itemId = record.toolCallResult?.callId ?? response?.id ?? record.uuid;
      return [{ itemId, role: 'tool', text: stringsOf(response?.response ?? {}).join('\n') }];
    }
    case 'system': {
      const item = record.systemPayload?.['item'];
      return record.subtype === 'gantry_notice' ? [{ itemId: record.uuid, role: 'notice', text: stringsOf(item).join('\n') }] : [];
    }
    default:
      return [];
  }
}

/** Every string in a value; levels deeper than a model nests its arguments are skipped. */
function stringsOf(value: unknown, depth = 8): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.values(value).flatMap((inner) => stringsOf(inner, depth - 1));
}

/** One line around the first match. Lowercasing can change the length of a text (`İ`), so positions are counted in code units. */
export function findSnippet(text: string, query: string): SessionHit['snippet'] | undefined {
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  let at = lower.indexOf(wanted);
  if (at === -1) return undefined;
  let length = wanted.length;
  if (lower.length !== text.length) {
    at = text.indexOf(query); // the exact text if it occurs, otherwise the beginning
    length = at === -1 ? 0 : query.length;
    at = Math.max(0, at);
  }
  const from = Math.max(0, at - BEFORE_CHARS);
  const end = at + length;
  return {
    before: (from > 0 ? '…' : '') + oneLine(text.slice(from, at)).slice(-BEFORE_CHARS + 1),
    match: oneLine(text.slice(at, Math.min(end, at + MATCH_CHARS))),
    after: oneLine(text.slice(end, end + AFTER_CHARS)),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').toWellFormed();
}
