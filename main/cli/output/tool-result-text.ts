import type { ItemId, ToolItem } from '../../../preload/contract/index.ts';

/** A longer result is reduced to its beginning and its end. Unit: UTF-8 bytes. Source: docs/formats.md 3.2. */
export const MAX_RESULT_BYTES = 65_536;

/** The texts of ended calls, from `SessionOptions.onToolResult` until they are printed. */
export interface ResultTexts {
  note(callId: ItemId, text: string): void;
  take(callId: ItemId): string | undefined;
}

export function createResultTexts(): ResultTexts {
  const texts = new Map<ItemId, string>();
  return {
    note: (callId, text) => void texts.set(callId, text),
    take(callId) {
      const text = texts.get(callId);
      texts.delete(callId);
      return text;
    },
  };
}

/**
 * The text of a tool call's result: what the model reads, but of a command that succeeded its output alone. Without the text for the
 * model, what a person would see. Pure.
 */
export function toolResultText(item: ToolItem, forModel?: string): string {
  const shown = shownText(item);
  const { display, status } = item;
  const isOutput = status === 'success' && display.kind === 'shell' && (display.output ?? '').trim() !== '';
  const text = isOutput ? shown : (forModel ?? (status === 'success' ? shown : (item.error ?? shown)));
  return cutMiddle(text, MAX_RESULT_BYTES);
}

function shownText({ display, summary, error }: ToolItem): string {
  const short = summary ?? error ?? '';
  switch (display.kind) {
    case 'text':
      return display.text || short;
    case 'shell':
      return display.output || display.summary || short;
    case 'diff':
      return short || display.patch;
    case 'todos':
      return short || display.todos.map((todo) => `[${todo.status}] ${todo.content}`).join('\n');
    case 'question':
      return short || (display.plan ?? display.questions.map(({ question }) => question).join('\n'));
    case 'none':
      return short;
    default:
      return display satisfies never;
  }
}

/** Half from the front, half from the back, never through a character. */
function cutMiddle(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limitBytes) return text;
  const mark = `\n... [${bytes.length - limitBytes} bytes omitted] ...\n`;
  const half = Math.floor((limitBytes - Buffer.byteLength(mark)) / 2);
  let headEnd = half;
  while (isContinuation(bytes[headEnd])) headEnd -= 1;
  let tailStart = bytes.length - half;
  while (isContinuation(bytes[tailStart])) tailStart += 1;
  return `${bytes.toString('utf8', 0, headEnd)}${mark}${bytes.toString('utf8', tailStart)}`;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
