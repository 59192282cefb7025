/**
 * Finds the addresses of servers on this machine in a task's plain text: http(s)://localhost:3000/, and "port 3000".
 * One address for each port, the first that was printed, at most 5. Cheap: three searches for a few bytes; a line is inspected
 * only when the bytes after a hit fit. A flood costs little: the search covers the last 16 KiB of a block and the first
 * 512 KiB of a second's text, and inspects 200 lines.
 */

const MOST_URLS = 5;
const MOST_LOOKS_A_SECOND = 200;
/** A search costs 2 ms for each MiB, and no server announces itself within more output than this. */
const MOST_BYTES_A_SECOND = 512 * 1024;
/** A server announces itself at the end of a block of output. */
const MOST_BYTES_A_BLOCK = 16 * 1024;
/** How much of a line is inspected before and after a hit. Unit: bytes. */
const BEFORE_BYTES = 8;
const BEHIND_BYTES = 300;

/** The bytes to search for, and what must follow before the line is inspected. */
const PLACES = [
  { needle: Buffer.from('://'), next: codesOf('lL10[') },
  { needle: Buffer.from('ocalhost:'), next: codesOf('0123456789') },
  { needle: Buffer.from('ort '), next: codesOf('0123456789') },
] as const;

const URL_HERE =
  /(?<scheme>https?:\/\/)?(?<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(?<port>\d{2,5})(?<path>\/[^\s"'`<>()[\]{}|\\^]*)?/iu;
/** Excludes "--port 3000" of an echoed command, "port 3000 is in use", and ports below 1024: those do not announce a server. */
const PORT_HERE = /(?<![-\w])port (?<port>\d{4,5})\b(?! is | already )/iu;

export interface UrlFinder {
  push(text: Uint8Array): void;
  readonly urls: readonly string[];
}

interface Found {
  readonly url: string;
  /** True when only a port was printed: an address with that port replaces it. */
  readonly isGuess: boolean;
}

export function createUrlFinder(nowMs: () => number = Date.now): UrlFinder {
  const found = new Map<number, Found>();
  let urls: readonly string[] = [];
  let looks = 0;
  let searchedBytes = 0;
  let sinceMs = 0;

  const maySearch = (bytes: number): boolean => {
    const now = nowMs();
    if (now - sinceMs >= 1000) {
      sinceMs = now;
      looks = 0;
      searchedBytes = 0;
    }
    searchedBytes += bytes;
    return searchedBytes <= MOST_BYTES_A_SECOND;
  };

  const inspectLine = (line: string): void => {
    const next = addressIn(line);
    if (next === undefined) return;
    const held = found.get(next.port);
    if (held === undefined ? found.size >= MOST_URLS : !held.isGuess || next.isGuess) return;
    found.set(next.port, next);
    urls = [...found.values()].map(({ url }) => url);
  };

  return {
    get urls() {
      return urls;
    },
    push(text) {
      const last = text.subarray(-MOST_BYTES_A_BLOCK);
      if (!maySearch(last.byteLength)) return;
      const bytes = Buffer.from(last.buffer, last.byteOffset, last.byteLength);
      for (const { needle, next } of PLACES) {
        for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
          if (!next.has(bytes[at + needle.length] ?? 0)) continue;
          looks += 1;
          if (looks > MOST_LOOKS_A_SECOND) return;
          inspectLine(lineAround(bytes, at));
        }
      }
    },
  };
}

function lineAround(bytes: Buffer, at: number): string {
  const start = Math.max(bytes.lastIndexOf(0x0a, at) + 1, at - BEFORE_BYTES);
  const end = bytes.indexOf(0x0a, at);
  return bytes.toString('latin1', start, Math.min(end === -1 ? bytes.length : end, at + BEHIND_BYTES));
}

function addressIn(line: string): (Found & { readonly port: number }) | undefined {
  const groups = URL_HERE.exec(line)?.groups;
  const port = Number(groups?.['port'] ?? PORT_HERE.exec(line)?.groups?.['port']);
  if (!Number.isInteger(port) || port < 10 || port > 65_535) return undefined;
  if (groups === undefined) return { port, url: `http://localhost:${port}/`, isGuess: true };
  // An address that means every interface is opened as localhost.
  const host = /^(?:0\.0\.0\.0|\[::\])$/.test(groups['host'] ?? '') ? 'localhost' : (groups['host'] ?? '').toLowerCase();
  const path = (groups['path'] ?? '/').replace(/[.,;:!?]+$/, '');
  const url = `${(groups['scheme'] ?? 'http://').toLowerCase()}${host}:${port}${path}`;
  return URL.canParse(url) ? { port, url, isGuess: false } : undefined;
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Buffer.from(characters));
}
