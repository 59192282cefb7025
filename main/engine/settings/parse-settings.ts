/** Converts the bytes of a settings file to its value, and finds a key's position in the text. Pure. */
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { SettingsProblem } from '../../../preload/contract/index.ts';

export type ParsedSettings =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: SettingsProblem };

export type KeyPath = readonly (string | number)[];

const BYTE_ORDER_MARK = '\uFEFF';
/** No settings file is deeper, and the parser would overflow the stack. */
const MAX_DEPTH = 100;

/** The text of a file, with its byte order mark. A file that is not UTF-8 is refused: writing it back would damage it. */
export function decodeSettings(bytes: Uint8Array): { readonly text: string } | { readonly message: string } {
  const hasMark = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const isUtf16 = hasMark || bytes[0] === 0 || bytes[1] === 0; // every second byte of a plain `{` is zero
  if (isUtf16) return { message: 'The file is UTF-16. Save it as UTF-8.' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { message: 'The file is not valid UTF-8. Save it as UTF-8.' }; // the only thing a fatal decoder throws for
  }
}

/**
 * Parses JSON with comments and trailing commas. An empty file counts as `{}`; if a key occurs twice, the last one counts. The
 * first error is reported with line and column, both counted from 1.
 */
export function parseSettings(text: string, path: string): ParsedSettings {
  const { body } = splitMark(text);
  if (body.trim() === '') return { ok: true, value: {} };
  const problemAt = (offset: number, message: string): ParsedSettings => ({
    ok: false,
    problem: { path, ...position(body, offset), message },
  });
  const tooDeep = offsetBeyondDepth(body);
  if (tooDeep !== undefined) return problemAt(tooDeep, `Lists and objects are nested more than ${MAX_DEPTH} deep here.`);
  const errors: ParseError[] = [];
  const tree = parseTree(body, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) return problemAt(first.offset, `Not valid JSON here: ${spell(printParseErrorCode(first.error))}.`);
  if (tree?.type !== 'object') return problemAt(tree?.offset ?? 0, 'The file must contain one JSON object { ... }.');
  return { ok: true, value: toObject(tree) };
}

/** Where the value of a key begins; undefined if the text has no such key or cannot be read. Counted from 1. */
export function locateKey(text: string, path: KeyPath): { readonly line: number; readonly column: number } | undefined {
  const { body } = splitMark(text);
  if (offsetBeyondDepth(body) !== undefined) return undefined;
  const node = nodeAt(parseTree(body, [], { allowTrailingComma: true }), path);
  return node === undefined ? undefined : position(body, (node.parent?.type === 'property' ? node.parent : node).offset);
}

/** The node of a path; of repeated keys, the last. */
export function nodeAt(root: Node | undefined, path: KeyPath): Node | undefined {
  let node = root;
  for (const segment of path) {
    if (node?.type === 'array' && typeof segment === 'number') node = node.children?.[segment];
    else if (node?.type === 'object') node = node.children?.findLast((member) => member.children?.[0]?.value === segment)?.children?.[1];
    else return undefined;
  }
  return node;
}

export function splitMark(text: string): { readonly mark: string; readonly body: string } {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  return { mark, body: text.slice(mark.length) };
}

export function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function toObject(node: Node): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const member of node.children ?? []) {
    const [key, content] = member.children ?? [];
    // Assigning this name would set the object's prototype; no setting has it.
    if (key !== undefined && content !== undefined && key.value !== '__proto__') value[String(key.value)] = toValue(content);
  }
  return value;
}

function toValue(node: Node): unknown {
  if (node.type === 'object') return toObject(node);
  return node.type === 'array' ? (node.children ?? []).map(toValue) : node.value;
}

/** Counts tokens before the recursive parser gets the text. */
function offsetBeyondDepth(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  // The scanner has no kind of its own for the end; after an open comment it even has a length.
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const first = text[scanner.getTokenOffset()] ?? ''; // a string begins with its quotation mark
    if (first === '{' || first === '[') depth += 1;
    if (first === '}' || first === ']') depth -= 1;
    if (depth > MAX_DEPTH) return scanner.getTokenOffset();
  }
  return undefined;
}

/** `CommaExpected` reads "comma expected". */
function spell(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
