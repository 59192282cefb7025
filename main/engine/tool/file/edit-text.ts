/** Finds a text in another one and replaces it. Pure. LF in `oldText` also matches CRLF. */
import { mainNewline, withNewlines } from './text-format.ts';

export type EditOutcome =
  | { readonly kind: 'replaced'; readonly text: string; readonly count: number; readonly firstLine: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous'; readonly count: number; readonly lines: readonly number[] };

/** A refusal names at most this many places. */
const MAX_NAMED_LINES = 8;

export function replaceText(text: string, oldText: string, newText: string, options: { replaceAll: boolean }): EditOutcome {
  const places = findAll(text, withNewlines(oldText, '\n'));
  const first = places[0];
  if (first === undefined) return { kind: 'missing' };
  if (places.length > 1 && !options.replaceAll) {
    return { kind: 'ambiguous', count: places.length, lines: places.slice(0, MAX_NAMED_LINES).map((place) => lineAt(text, place.start)) };
  }
  const mainEnding = mainNewline(text);
  const parts: string[] = [];
  let end = 0;
  for (const place of places) {
    const found = text.slice(place.start, place.end);
    // In a file with mixed line endings, unchanged lines keep theirs.
    parts.push(text.slice(end, place.start), withNewlines(newText, found.includes('\n') ? mainNewline(found) : mainEnding));
    end = place.end;
  }
  parts.push(text.slice(end));
  return { kind: 'replaced', text: parts.join(''), count: places.length, firstLine: lineAt(text, first.start) };
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function findAll(text: string, oldLf: string): readonly Place[] {
  if (text.includes('\r\n') && oldLf.includes('\n')) return findAcrossEndings(text, oldLf);
  const places: Place[] = [];
  for (let at = text.indexOf(oldLf); at !== -1; at = text.indexOf(oldLf, at + oldLf.length)) {
    places.push({ start: at, end: at + oldLf.length });
  }
  return places;
}

function findAcrossEndings(text: string, oldLf: string): readonly Place[] {
  const pattern = oldLf.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\n', '\\r?\\n');
  return [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
