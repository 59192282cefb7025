/** Splits a typed command into words: quotes and backslashes keep spaces inside a word. Pure. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [whole] of text.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g)) {
    words.push(
      whole.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, (_all, double?: string, single?: string, escaped?: string) =>
        double === undefined ? (single ?? escaped ?? '') : double.replace(/\\(["\\])/g, '$1'),
      ),
    );
  }
  return words;
}
