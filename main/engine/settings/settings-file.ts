import {
  applyEdits,
  createScanner,
  type Edit,
  findNodeAtLocation,
  type FormattingOptions,
  modify,
  type Node,
  parse,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { SettingsProblem } from '../../../preload/contract/index.ts';

/** One change of a settings file. `value: undefined` removes; `insert` puts a new element into an array at the index. */
export interface SettingsEdit {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly insert?: true;
}

export type ParsedSettings =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: SettingsProblem };

/** What a new settings file starts from: the number tells Qwen Code that nothing in it needs migrating. */
export const NEW_SETTINGS_TEXT = '{\n  "$version": 4\n}\n';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads JSON with comments and trailing commas. An empty file counts as `{}`.
 * Pure; the first mistake is told with line and column, both counted from 1.
 */
export function parseSettings(text: string, path: string): ParsedSettings {
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (body.trim() === '') return { ok: true, value: {} };
  const errors: ParseError[] = [];
  const value: unknown = parse(body, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first !== undefined) {
    return {
      ok: false,
      problem: { path, ...position(body, first.offset), message: `Not valid JSON here: ${spell(printParseErrorCode(first.error))}.` },
    };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problem: { path, line: 1, column: 1, message: 'The file must hold one JSON object { ... }.' } };
  }
  return { ok: true, value: value as Record<string, unknown> }; // an object and no array: checked above
}

/**
 * Applies the edits one after the other and keeps comments, order, indentation and line ends of the rest. Pure.
 * Throws, as a bug, where the result would not be readable: such a text must never reach the file.
 */
export function editSettings(text: string, edits: readonly SettingsEdit[]): string {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const body = text.slice(mark.length);
  const start = body.trim() === '' ? NEW_SETTINGS_TEXT : body;
  const formattingOptions = formattingOf(start);
  const edited = edits.reduce((current, edit) => applyEdit(current, edit, formattingOptions), start);
  if (!parseSettings(edited, '').ok) throw new Error('an edit would have broken the settings file');
  return mark + edited;
}

function applyEdit(text: string, edit: SettingsEdit, formattingOptions: FormattingOptions): string {
  const path = [...edit.path];
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const node = tree === undefined ? undefined : findNodeAtLocation(tree, path);
  if (edit.value === undefined && node?.parent?.type === 'array') return applyEdits(text, removeElement(text, node, node.parent));
  const replaces = edit.insert !== true && edit.value !== undefined && node !== undefined;
  const isPlainValue = typeof edit.value !== 'object';
  // The formatter would also lay out the siblings anew; a plain value in place of another needs none.
  const options = replaces && isPlainValue ? {} : { formattingOptions, isArrayInsertion: edit.insert === true };
  return applyEdits(text, modify(text, path, edit.value, options));
}

/**
 * Takes one element and one comma out of a list. The parser's own removal of a last element counts on `]` standing on its own
 * line and breaks the file where it does not.
 */
function removeElement(text: string, node: Node, list: Node): Edit[] {
  const end = node.offset + node.length;
  const after = findComma(text, end, list.offset + list.length);
  const remove = (from: number, to: number): Edit => ({ offset: from, length: to - from, content: '' });
  const siblings = list.children ?? [];
  const index = siblings.indexOf(node);
  if (index < siblings.length - 1 && after !== undefined) {
    const gap = /^\s*/.exec(text.slice(after + 1))?.[0].length ?? 0;
    return [remove(node.offset, after + 1 + gap)];
  }
  const gap = /\s*$/.exec(text.slice(0, node.offset))?.[0].length ?? 0;
  const previous = siblings[index - 1];
  const before = previous === undefined ? undefined : findComma(text, previous.offset + previous.length, node.offset);
  // A comma may also stand behind the last element; the one before it then stays out too.
  return [
    ...(before === undefined ? [] : [remove(before, before + 1)]),
    remove(node.offset - (before === undefined ? 0 : gap), end),
    ...(after === undefined ? [] : [remove(after, after + 1)]),
  ];
}

/** The comma between two places, past comments. */
function findComma(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  do {
    scanner.scan();
    if (text[scanner.getTokenOffset()] === ',') return scanner.getTokenOffset();
  } while (scanner.getTokenLength() > 0 && scanner.getPosition() < to); // the end of the text is a token without length
  return undefined;
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `CommaExpected` reads "comma expected". */
function spell(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function formattingOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}
