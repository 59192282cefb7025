/**
 * Splits the bytes of one JSON object into tokens as they arrive, so that a text of any length is never in memory. Pure.
 * It finds the beginning and end of texts and their paths. To validate the JSON, the caller passes the parts it keeps
 * to `JSON.parse`.
 */

/** Names and indexes from the outermost object to a text. */
export type JsonPath = readonly (string | number)[];

/**
 * `raw`: structure, names, numbers, and the quotes around text values. `text`: a piece of a text value as written, cut
 * between whole characters and escapes. It follows the raw token that ends with its opening quote, and its last piece is followed by the raw
 * token that begins with its closing quote. `member`: the name in the outermost object; empty for its braces. Every
 * member except the first begins with its comma. The bytes are valid until the next push.
 */
export type JsonToken =
  | { readonly kind: 'raw'; readonly bytes: Buffer; readonly member: string; readonly isMemberStart: boolean }
  | { readonly kind: 'text'; readonly bytes: Buffer; readonly member: string; readonly path: JsonPath; readonly isLast: boolean };

export interface JsonScanner {
  push(bytes: Buffer): readonly JsonToken[];
  /** True once the input cannot be a record: nested too deep, or a name too long. No further tokens follow. */
  readonly hasFailed: () => boolean;
}

const MAX_DEPTH = 1000;
const MAX_NAME_BYTES = 1024 * 1024;
const EMPTY = Buffer.alloc(0);

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

interface Frame {
  readonly isObject: boolean;
  name: string;
  index: number;
}

export function createJsonScanner(): JsonScanner {
  const frames: Frame[] = [];
  let pending: Buffer = EMPTY;
  /** Set while a text value is read. */
  let textPath: JsonPath | undefined;
  let expectsName = false;
  let hasFailed = false;
  let isMemberStart = false;

  const member = () => frames[0]?.name ?? '';

  function scan(data: Buffer): JsonToken[] {
    const tokens: JsonToken[] = [];
    let from = 0; // start of the bytes that are not in a token yet
    let at = 0;
    const flush = (to: number) => {
      if (to > from) {
        tokens.push({ kind: 'raw', bytes: data.subarray(from, to), member: member(), isMemberStart });
        isMemberStart = false;
      }
      from = to;
    };
    const hold = (start: number) => {
      pending = Buffer.from(data.subarray(start));
      if (textPath === undefined && pending.length > MAX_NAME_BYTES) hasFailed = true;
    };
    while (at < data.length) {
      if (textPath !== undefined) {
        const { end, isClosed } = scanText(data, at, data.length);
        if (isClosed || end > at)
          tokens.push({ kind: 'text', bytes: data.subarray(at, end), member: member(), path: textPath, isLast: isClosed });
        from = end;
        if (!isClosed) {
          hold(end);
          return tokens;
        }
        textPath = undefined;
        at = end + 1;
        continue;
      }
      const top = frames.at(-1);
      switch (data[at]) {
        case QUOTE: {
          if (top?.isObject === true && expectsName) {
            const { end, isClosed } = scanText(data, at + 1, data.length);
            if (!isClosed) {
              // The first token of a member of the outermost object contains its name, so the token waits for the name.
              if (frames.length > 1) flush(at);
              hold(from);
              return tokens;
            }
            top.name = decodeText(data.subarray(at + 1, end));
            expectsName = false;
            at = end;
            break;
          }
          flush(at + 1);
          textPath = frames.map(({ isObject, name, index }) => (isObject ? name : index));
          break;
        }
        case OPEN_OBJECT:
        case OPEN_LIST: {
          const isObject = data[at] === OPEN_OBJECT;
          if (frames.length === 0) {
            flush(at + 1);
            isMemberStart = true;
          }
          frames.push({ isObject, name: '', index: 0 });
          expectsName = isObject;
          hasFailed ||= frames.length > MAX_DEPTH;
          break;
        }
        case CLOSE_OBJECT:
        case CLOSE_LIST:
          if (frames.length === 1) {
            flush(at);
            isMemberStart = false;
          }
          frames.pop();
          expectsName = false;
          break;
        case COMMA:
          if (frames.length === 1) {
            flush(at);
            isMemberStart = true;
          }
          if (top?.isObject === true) expectsName = true;
          else if (top !== undefined) top.index += 1;
          break;
        default: // a number, a literal, a colon, white space
      }
      at += 1;
    }
    if (frames.length === 1 && expectsName) hold(from);
    else flush(data.length);
    return tokens;
  }

  return {
    push(bytes) {
      if (hasFailed) return [];
      const data = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      pending = EMPTY;
      return scan(data);
    },
    hasFailed: () => hasFailed,
  };
}

/** Starts inside a text: finds its closing quote, or the end of the last whole character before `to`. */
export function scanText(data: Buffer, from: number, to: number): { readonly end: number; readonly isClosed: boolean } {
  let at = from;
  while (at < to) {
    const byte = data[at] ?? 0;
    if (byte === QUOTE) return { end: at, isClosed: true };
    if (byte === BACKSLASH) {
      const length = escapeLength(data, at, to);
      if (length === 0) break;
      at += length;
    } else if (byte < 0xc2) at += 1;
    else {
      const end = at + (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);
      let next = at + 1;
      while (next < end && next < to && ((data[next] ?? 0) & 0xc0) === 0x80) next += 1;
      if (next === to && next < end) break;
      at = next;
    }
  }
  return { end: at, isClosed: false };
}

/** Two escapes that form one character count as one. 0: the end is not known yet. */
function escapeLength(data: Buffer, at: number, to: number): number {
  if (at + 2 > to) return 0;
  if (data[at + 1] !== 0x75) return 2;
  if (at + 6 > to) return 0;
  if (surrogateAt(data, at) !== 'high') return 6;
  if (at + 6 === to || (at + 7 === to && data[at + 6] === BACKSLASH)) return 0;
  if (data[at + 6] !== BACKSLASH || data[at + 7] !== 0x75) return 6;
  if (at + 12 > to) return 0;
  return surrogateAt(data, at + 6) === 'low' ? 12 : 6;
}

function surrogateAt(data: Buffer, at: number): 'high' | 'low' | undefined {
  const value = Number.parseInt(data.toString('latin1', at + 2, at + 6), 16);
  return value >= 0xd800 && value < 0xdc00 ? 'high' : value >= 0xdc00 && value < 0xe000 ? 'low' : undefined;
}

/** Decodes a piece of a text; returns it as written if it is not valid JSON. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!bytes.includes(BACKSLASH)) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
