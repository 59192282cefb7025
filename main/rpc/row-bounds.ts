/**
 * What a window gets of long texts: their beginning, and how much was left out. A page that is given an answer of 50 MB
 * freezes while it parses, stores and lays it out; `session.openText` reads the rest. Pure.
 */
import { type EventData, type HostEvent, MAX_ROW_CHARS, type TranscriptItem } from '../../preload/contract/index.ts';

/** `maxChars` is set by tests alone. */
export function boundItem(item: TranscriptItem, maxChars = MAX_ROW_CHARS): TranscriptItem {
  switch (item.kind) {
    case 'user': {
      const text = cut(item.text, maxChars);
      return text === item.text ? item : { ...item, text, omittedChars: { text: left(item, 'text', text) } };
    }
    case 'assistant': {
      const text = cut(item.text, maxChars);
      const thinking = cut(item.thinking, maxChars);
      if (text === item.text && thinking === item.thinking) return item;
      return { ...item, text, thinking, omittedChars: { text: left(item, 'text', text), thinking: left(item, 'thinking', thinking) } };
    }
    case 'tool': {
      // The arguments are for programs; a page shows what the tool says of them.
      const { input: _input, ...shown } = item;
      return shown;
    }
    case 'notice':
      return { ...item, text: cut(item.text, maxChars), ...(item.detail === undefined ? {} : { detail: cut(item.detail, maxChars) }) };
    default:
      return item satisfies never;
  }
}

export function boundEvent(event: HostEvent, maxChars = MAX_ROW_CHARS): HostEvent {
  if (event.event === 'item.added') return { event: event.event, data: { ...event.data, item: boundItem(event.data.item, maxChars) } };
  if (event.event === 'item.changed') return { event: event.event, data: { ...event.data, item: boundItem(event.data.item, maxChars) } };
  return event.event === 'message.delta' ? { event: event.event, data: boundDelta(event.data, maxChars) } : event;
}

function boundDelta(delta: EventData<'message.delta'>, maxChars: number): EventData<'message.delta'> {
  const text = cut(delta.text, Math.max(0, maxChars - delta.offsetChars));
  return text === delta.text ? delta : { ...delta, text, omittedChars: delta.text.length - text.length };
}

function left(
  { omittedChars, ...texts }: Extract<TranscriptItem, { kind: 'user' | 'assistant' }>,
  part: 'text' | 'thinking',
  kept: string,
): number {
  const text = part === 'thinking' && 'thinking' in texts ? texts.thinking : texts.text;
  return text.length - kept.length + (omittedChars?.[part] ?? 0);
}

/** Never between the two halves of a character. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return text.slice(0, /[\ud800-\udbff]/.test(text[maxChars - 1] ?? '') ? maxChars - 1 : maxChars);
}
