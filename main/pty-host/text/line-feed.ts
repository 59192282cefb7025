/**
 * The finished lines of a task's plain text for a monitor: batched, shortened, and limited in bytes a second.
 * Lines over the limit are counted and never kept, so a flood costs a search for line ends and no memory.
 */

export interface LineBatch {
  readonly lines: readonly string[];
  /** Number of lines since the last batch that were not kept. */
  readonly droppedLines: number;
}

export interface LineFeed {
  /** Takes whole characters of valid UTF-8. */
  push(bytes: Uint8Array): void;
  /** Emits the gathered lines and the last line, finished or not. */
  end(): void;
  dispose(): void;
}

export interface LineFeedOptions {
  readonly send: (batch: LineBatch) => void;
  readonly now?: () => number;
}

/** A longer line is shortened. Unit: UTF-16 code units. */
export const LINE_CHARS = 2000;
export const LINES_BYTES_PER_S = 64 * 1024;
/** Unit: ms. */
const BATCH_MS = 100;
const WINDOW_MS = 1000;
const LINE_FEED = 0x0a;

/** Blank lines are neither sent nor counted. */
export function createLineFeed({ send, now = () => performance.now() }: LineFeedOptions): LineFeed {
  let unfinished = '';
  let isCut = false; // a part of this line arrived after the limit was reached
  let lines: string[] = [];
  let droppedLines = 0;
  let windowStart = now();
  let leftBytes = LINES_BYTES_PER_S;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length === 0 && droppedLines === 0) return;
    const batch = { lines, droppedLines };
    lines = [];
    droppedLines = 0;
    send(batch);
  };
  const finishLine = () => {
    const line = unfinished.trimEnd();
    const isWhole = !isCut;
    unfinished = '';
    isCut = false;
    if (isWhole && line === '') return;
    const bytes = Buffer.byteLength(line);
    if (!isWhole || bytes > leftBytes) {
      if (isWhole) leftBytes = 0;
      droppedLines += 1;
    } else {
      leftBytes -= bytes;
      lines.push(line);
    }
  };
  const append = (part: Uint8Array) => {
    const room = LINE_CHARS - unfinished.length;
    if (room > 0) unfinished += withoutHalf(decoder.decode(part.subarray(0, room * 4)).slice(0, room));
  };

  return {
    push(bytes) {
      if (now() - windowStart >= WINDOW_MS) {
        windowStart = now();
        leftBytes = LINES_BYTES_PER_S;
      }
      for (let from = 0; from < bytes.length; ) {
        const end = bytes.indexOf(LINE_FEED, from);
        const until = end === -1 ? bytes.length : end;
        if (leftBytes > 0 && !isCut) append(bytes.subarray(from, until));
        else if (until > from) isCut = true;
        if (end !== -1) finishLine();
        from = until + 1;
      }
      if (lines.length > 0 || droppedLines > 0) timer ??= setTimeout(flush, BATCH_MS);
    },
    end() {
      finishLine();
      flush();
    },
    dispose: () => clearTimeout(timer),
  };
}

const decoder = new TextDecoder();

/** Removes the first half of a surrogate pair that the cut may have left. */
function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
