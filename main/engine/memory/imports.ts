/** Finds the imports (`@path`) of a memory file. Pure. */

export interface MemoryImport {
  /** As written, without the `@`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const FENCE = /^\s*(```+|~~~+)/;
/** After a space or at the beginning of a line; a name with a slash or an extension. An address or a handle is not an import. */
const IMPORT = /(?<=^|\s)@((?:\.{0,2}\/|~\/)?[\w.-]+(?:\/[\w.-]+)*)/g;

/** In the order of the text; text in code, between fences or backticks, is ignored. */
export function findImports(text: string): readonly MemoryImport[] {
  const found: MemoryImport[] = [];
  let fence: string | undefined;
  let offset = 0;
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) fence = fence === undefined ? mark : undefined;
    else if (fence === undefined) for (const at of importsIn(line)) found.push({ ...at, start: at.start + offset, end: at.end + offset });
    offset += line.length + 1;
  }
  return found;
}

function importsIn(line: string): MemoryImport[] {
  const plain = line.replace(/(`+)[^`]*\1/g, (code) => ' '.repeat(code.length));
  return [...plain.matchAll(IMPORT)].flatMap((match) => {
    const path = (match[1] ?? '').replace(/\.+$/, ''); // the end of a sentence
    return /[/.]/.test(path) && path !== '' ? [{ path, start: match.index, end: match.index + 1 + path.length }] : [];
  });
}
