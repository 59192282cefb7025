/** Edits a settings text and leaves everything else unchanged: comments, order, indentation, line ends. Pure. */
import { applyEdits, createScanner, type Edit, type FormattingOptions, modify, type Node, parseTree } from 'jsonc-parser';
import { type KeyPath, nodeAt, parseSettings, position, splitMark } from './parse-settings.ts';

/** One change of a settings file. `value: undefined` removes; `insert` inserts a new element into an array at the index. */
export interface SettingsEdit {
  readonly path: KeyPath;
  readonly value: unknown;
  readonly insert?: true;
}

/** The content of a new settings file: with the number Qwen Code knows that nothing in it needs migrating. */
export const NEW_SETTINGS_TEXT = '{\n  "$version": 4\n}\n';

/** A value is where an object is needed; the edit would have to discard it. Line and column count from 1. */
export interface EditObstacle {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The first obstacle to these edits, if any. `parseSettings` has accepted the text. */
export function findObstacle(text: string, edits: readonly SettingsEdit[]): EditObstacle | undefined {
  const { body } = splitMark(text);
  const tree = parseTree(body, [], { allowTrailingComma: true });
  for (const { path, value } of edits) {
    for (let length = 1; length < path.length && value !== undefined; length += 1) {
      const node = nodeAt(tree, path.slice(0, length));
      const needed = typeof path[length] === 'number' ? 'array' : 'object';
      if (node === undefined || node.type === needed) continue;
      if (edits.some((edit) => edit.path.join('\0') === path.slice(0, length).join('\0'))) continue; // another edit replaces it
      const found = node.type === 'array' ? 'a list' : `a ${node.type}`;
      const message = `"${path.slice(0, length).join('.')}" is ${found} here, where ${needed === 'object' ? 'an object { ... }' : 'a list [ ... ]'} is needed.`;
      return { ...position(body, node.offset), message };
    }
  }
  return undefined;
}

/**
 * Applies the edits one after the other.
 * Throws, as a bug, if the result would not be readable: such a text must never reach the file.
 */
export function editSettings(text: string, edits: readonly SettingsEdit[]): string {
  const { mark, body } = splitMark(text);
  const start = body.trim() === '' ? NEW_SETTINGS_TEXT : body;
  const formattingOptions = getFormatting(start);
  const edited = edits.reduce((current, edit) => applyEdit(current, edit, formattingOptions), start);
  if (!parseSettings(edited, '').ok) throw new Error('an edit would have broken the settings file');
  return mark + edited;
}

function applyEdit(text: string, edit: SettingsEdit, formattingOptions: FormattingOptions): string {
  const path = [...edit.path];
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const repeated = repeatedKey(tree, path);
  if (repeated !== undefined) return editRepeated(text, edit, repeated, formattingOptions);
  const node = nodeAt(tree, path);
  if (edit.value === undefined && node === undefined) return text; // it does not exist
  if (edit.value === undefined && node?.parent?.type === 'array') return applyEdits(text, removeElement(text, node, node.parent));
  if (edit.value === undefined) return applyEdits(text, modify(text, path, undefined, {}));
  if (node !== undefined && edit.insert !== true) {
    const layout = layoutAt(text, node.offset, formattingOptions);
    return splice(text, node.offset, node.offset + node.length, printed(edit.value, layout));
  }
  return insertMember(text, tree, edit, formattingOptions);
}

/** The layout for what is written at a place. `indent` is that of the line that contains the place. */
interface Layout {
  readonly unit: string;
  readonly eol: string;
  readonly indent: string;
}

/**
 * Inserts a new key or element after the last one of the nearest existing object or list. The formatter is not used: it would
 * change the layout of siblings.
 */
function insertMember(text: string, tree: Node | undefined, edit: SettingsEdit, formattingOptions: FormattingOptions): string {
  let length = edit.path.length - 1;
  while (length > 0 && nodeAt(tree, edit.path.slice(0, length)) === undefined) length -= 1;
  const parent = nodeAt(tree, edit.path.slice(0, length));
  if (parent === undefined) return text;
  const value = edit.path
    .slice(length + 1)
    .reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), edit.value);
  const key = edit.path[length];
  const label = parent.type === 'array' ? '' : `${JSON.stringify(String(key))}: `;
  const siblings = parent.children ?? [];
  const before = typeof key === 'number' && parent.type === 'array' ? siblings[key] : undefined;
  const close = parent.offset + parent.length - 1;
  const outer = layoutAt(text, parent.offset, formattingOptions);
  const last = siblings.at(-1);
  if (last === undefined) {
    const inner = { ...outer, indent: outer.indent + outer.unit };
    const content = text.slice(parent.offset + 1, close).trimEnd(); // only comments can be in it
    return splice(
      text,
      parent.offset + 1,
      close,
      `${content}${inner.eol}${inner.indent}${label}${printed(value, inner)}${outer.eol}${outer.indent}`,
    );
  }
  const isOneLine = !/[\r\n]/.test(text.slice(parent.offset, close));
  const own = layoutAt(text, last.offset, formattingOptions);
  const gap = isOneLine ? ' ' : own.eol + own.indent;
  const written = `${label}${printed(value, isOneLine ? outer : own)}`;
  if (before !== undefined) return splice(text, before.offset, before.offset, `${written},${gap}`);
  const end = last.offset + last.length;
  const comma = findComma(text, end, close);
  const from = comma === undefined ? end : comma + 1;
  // A comment on the rest of the line belongs to the preceding element.
  const place = isOneLine
    ? from
    : from + (/^[ \t]*(?:\/\/[^\r\n]*|(?:\/\*[^\r\n]*?\*\/[ \t]*)+)/.exec(text.slice(from, close))?.[0].trimEnd().length ?? 0);
  const isInside = comma === undefined ? '' : ','; // this file keeps its trailing commas
  const inserted = `${text.slice(0, place)}${gap}${written}${isInside}${text.slice(place)}`;
  return comma === undefined ? splice(inserted, end, end, ',') : inserted;
}

function printed(value: unknown, { unit, eol, indent }: Layout): string {
  return JSON.stringify(value, undefined, unit).replaceAll('\n', `${eol}${indent}`);
}

function layoutAt(text: string, offset: number, { insertSpaces, tabSize, eol }: FormattingOptions): Layout {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
  return { unit: insertSpaces === false ? '\t' : ' '.repeat(tabSize ?? 2), eol: eol ?? '\n', indent };
}

function splice(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}

interface RepeatedKey {
  readonly members: readonly Node[];
  /** How many elements of the path lead to the key. */
  readonly length: number;
}

/** The first key of a path that occurs twice in its object. */
function repeatedKey(root: Node | undefined, path: KeyPath): RepeatedKey | undefined {
  for (let length = 1; length <= path.length; length += 1) {
    const parent = nodeAt(root, path.slice(0, length - 1));
    if (parent?.type !== 'object') continue;
    const members = (parent.children ?? []).filter((member) => member.children?.[0]?.value === path[length - 1]);
    if (members.length > 1) return { members, length };
  }
  return undefined;
}

/** The parser's own edits change the first of such keys, but the last one counts. */
function editRepeated(text: string, edit: SettingsEdit, { members, length }: RepeatedKey, formattingOptions: FormattingOptions): string {
  const rest = edit.path.slice(length);
  const [first] = members;
  if (edit.value === undefined && rest.length === 0 && first !== undefined) {
    // All of them are removed, or an earlier one would count again; the next round finds one key fewer.
    const removed = applyEdits(text, modify(text, [...edit.path], undefined, {}));
    return applyEdit(removed, edit, formattingOptions);
  }
  const content = members.at(-1)?.children?.[1];
  if (content === undefined) return text;
  const part = text.slice(content.offset, content.offset + content.length);
  const changed = rest.length === 0 ? JSON.stringify(edit.value) : applyEdit(part, { ...edit, path: rest }, formattingOptions);
  return text.slice(0, content.offset) + changed + text.slice(content.offset + content.length);
}

/**
 * Removes one element and one comma from a list. The parser's own removal of a last element assumes that `]` is on a separate
 * line, and breaks the file if it is not.
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
  // A comma may also follow the last element; then the one before it is removed too.
  return [
    ...(before === undefined ? [] : [remove(before, before + 1)]),
    remove(node.offset - (before === undefined ? 0 : gap), end),
    ...(after === undefined ? [] : [remove(after, after + 1)]),
  ];
}

/** The comma between two positions, skipping comments. */
function findComma(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  do {
    scanner.scan();
    if (text[scanner.getTokenOffset()] === ',') return scanner.getTokenOffset();
  } while (scanner.getTokenOffset() < text.length && scanner.getPosition() < to);
  return undefined;
}

function getFormatting(text: string): FormattingOptions {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}
