/**
 * Known keys as patterns of bytes, and where one begins in a block of output. Pure.
 *
 * A key is found as it is and in Base64 (both alphabets, wherever it begins in a group of three bytes), also when up to two
 * line-break bytes follow any of its characters, as a program leaves them that wraps its lines; of a wrapped key, one piece must have
 * 16 characters, or half of those of the shortest key if that is more. Cost: one look-up for each `step` bytes of output.
 */

/** Shorter values occur as ordinary words. Unit: characters. */
const MIN_KEY_CHARS = 8;
/** The bytes of one look-up. */
const GRAM = 4;
/** Look-ups so far apart meet a piece of 16 characters. */
const USUAL_STEP = 13;
const BUCKET_BITS = 16;
const MOST_BREAKS = 2;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** What `matchAt` returns besides the end of a match. */
export const NO_MATCH = -1;
/** The data ends inside of what may be a key. */
export const CUT_OFF = -2;

interface Place {
  readonly pattern: Uint8Array;
  readonly offset: number;
}

export interface KnownKeys {
  /** By first byte, longest first. */
  readonly byFirstByte: readonly (readonly Uint8Array[])[];
  /** Of a pattern with all its line breaks. */
  readonly maxBytes: number;
  readonly step: number;
  /** By the hash of four bytes: one more than the index in `places`, or 0. */
  readonly buckets: Uint16Array;
  readonly places: readonly (readonly Place[])[];
}

/** Undefined if no value is long enough to be searched for, so that nothing has to be done. */
export function compileKeys(values: readonly string[]): KnownKeys | undefined {
  const keys = [...new Set(values.map((value) => value.trim()))].filter((value) => value.length >= MIN_KEY_CHARS);
  if (keys.length === 0) return undefined;
  const texts = new Set(keys.flatMap((key) => [key, ...base64Forms(key)]));
  const patterns = [...texts].map(utf8Bytes).sort((a, b) => b.length - a.length);
  const buckets = new Uint16Array(1 << BUCKET_BITS);
  const places: Place[][] = [];
  const byFirstByte: Uint8Array[][] = Array.from({ length: 256 }, () => []);
  for (const pattern of patterns) {
    byFirstByte[pattern[0] ?? 0]?.push(pattern);
    const view = new DataView(pattern.buffer, pattern.byteOffset, pattern.byteLength);
    for (let offset = 0; offset + GRAM <= pattern.length; offset += 1) {
      const bucket = hashOf(view.getInt32(offset, true));
      const index = buckets[bucket] ?? 0;
      const place = { pattern, offset };
      if (index === 0) buckets[bucket] = places.push([place]);
      else places[index - 1]?.push(place);
    }
  }
  const shortest = patterns.at(-1)?.length ?? 0;
  const step = Math.min(shortest - GRAM + 1, Math.max(USUAL_STEP, Math.ceil(shortest / 2) - GRAM + 1));
  return { byFirstByte, maxBytes: (MOST_BREAKS + 1) * (patterns[0]?.length ?? 0), step, buckets, places };
}

function hashOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - BUCKET_BITS);
}

/** The first place in `[from, end)` where a whole key begins; `NO_MATCH` if there is none. */
export function findKey({ step, buckets, places }: KnownKeys, data: Uint8Array, from: number): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const last = data.length - GRAM;
  for (let at = from; at <= last; at += step) {
    const bucket = buckets[hashOf(view.getInt32(at, true))] ?? 0;
    if (bucket === 0) continue;
    const start = firstStart(places[bucket - 1] ?? [], data, at, from);
    if (start !== NO_MATCH) return start;
  }
  return NO_MATCH;
}

function firstStart(places: readonly Place[], data: Uint8Array, at: number, least: number): number {
  let first = NO_MATCH;
  for (const { pattern, offset } of places) {
    const start = startBefore(pattern, offset, data, at, least);
    if (start === NO_MATCH || (first !== NO_MATCH && start >= first)) continue;
    if (matchPattern(pattern, data, start) >= 0) first = start;
  }
  return first;
}

/** Where the pattern begins if `data[at]` is its byte `offset`. */
function startBefore(pattern: Uint8Array, offset: number, data: Uint8Array, at: number, least: number): number {
  let start = at;
  let breaks = 0;
  for (let left = offset; left > 0; ) {
    start -= 1;
    if (start < least) return NO_MATCH;
    const byte = data[start];
    if (byte === pattern[left - 1]) {
      left -= 1;
      breaks = 0;
    } else if (!isBreak(byte) || (breaks += 1) > MOST_BREAKS) return NO_MATCH;
  }
  return start;
}

/** The end of the longest key that begins at `at`; `CUT_OFF` if a longer one may; `isLast`: no more data follows. */
export function matchAt({ byFirstByte }: KnownKeys, data: Uint8Array, at: number, isLast: boolean): number {
  for (const pattern of byFirstByte[data[at] ?? 0] ?? []) {
    const end = matchPattern(pattern, data, at);
    if (end >= 0 || (end === CUT_OFF && !isLast)) return end;
  }
  return NO_MATCH;
}

function matchPattern(pattern: Uint8Array, data: Uint8Array, from: number): number {
  let at = from;
  let breaks = 0;
  for (let matched = 0; matched < pattern.length; at += 1) {
    if (at >= data.length) return CUT_OFF;
    const byte = data[at];
    if (byte === pattern[matched]) {
      matched += 1;
      breaks = 0;
    } else if (matched === 0 || !isBreak(byte) || (breaks += 1) > MOST_BREAKS) return NO_MATCH;
  }
  return at;
}

export function isBreak(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === RETURN;
}

/** This folder knows neither Node nor a browser, so there is no encoder. */
export function utf8Bytes(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.toWellFormed());
  return Uint8Array.from(escaped.match(/%..|[^%]/g) ?? [], (unit) =>
    unit.length === 1 ? unit.charCodeAt(0) : Number.parseInt(unit.slice(1), 16),
  );
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The characters that the key alone determines, for each place in a group of three bytes and both alphabets. */
function base64Forms(key: string): string[] {
  const bytes = utf8Bytes(key);
  return [0, 1, 2].flatMap((shift) => {
    const bits = bytes.length * 8;
    const skipped = (6 - ((shift * 8) % 6)) % 6;
    const codes: number[] = [];
    for (let bit = skipped; bit + 6 <= bits; bit += 6) {
      const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
      codes.push((pair >> (10 - (bit & 7))) & 63);
    }
    return ['+/', '-_'].map((special) => codes.map((code) => (ALPHABET + special)[code]).join(''));
  });
}
