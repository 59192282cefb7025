/** Text with YAML between two lines of `---` at its beginning: skills, commands, subagents. The only importer of `yaml`. */

/** Units: `line` counts from 1. `body` is the rest, trimmed; the whole text if there is no front matter. */
export type FrontMatter =
  | { readonly ok: true; readonly fields: Readonly<Record<string, unknown>>; readonly body: string }
  | { readonly ok: false; readonly message: string; readonly line: number };

/** The limit for uses of an alias; more is an attack, not a file of settings. */
const MAX_ALIASES = 50;

/** Errors: none thrown; a problem is reported with its line. */
export async function parseFrontMatter(written: string): Promise<FrontMatter> {
  const text = written.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  if (!/^---[ \t]*\n/.test(text)) return { ok: true, fields: {}, body: text.trim() };
  const start = text.indexOf('\n') + 1;
  const end = /^---[ \t]*$/m.exec(text.slice(start));
  if (end === null) return { ok: false, message: 'The front matter has no end: a line of three dashes is missing.', line: 1 };
  const source = text.slice(start, start + end.index);
  const body = text.slice(start + end.index + end[0].length).trim();
  const { parseDocument } = await import('yaml');
  const document = parseDocument(source, { prettyErrors: true, logLevel: 'error' });
  const [error] = document.errors;
  // The parser's message continues with a picture of the place.
  if (error !== undefined) {
    const said = error.message.split('\n', 1)[0] ?? error.code;
    return { ok: false, message: said.replace(/ at line \d+, column \d+:?$/, ''), line: 1 + (error.linePos?.[0].line ?? 1) };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (value === null || value === undefined) return { ok: true, fields: {}, body };
    if (typeof value !== 'object' || Array.isArray(value)) {
      return { ok: false, message: 'The front matter must be a list of "name: value" lines.', line: 2 };
    }
    return { ok: true, fields: { ...value }, body };
  } catch (error_) {
    return { ok: false, message: error_ instanceof Error ? error_.message : String(error_), line: 2 };
  }
}
