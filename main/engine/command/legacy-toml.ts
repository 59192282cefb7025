/**
 * Reads the two keys of a command in Qwen Code's earlier format: `description` and `prompt`, each a TOML string. Pure. It supports
 * only the TOML that such files use.
 */

export type LegacyCommand =
  | { readonly ok: true; readonly fields: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string; readonly line: number };

const KEY = /^[ \t]*(description|prompt)[ \t]*=[ \t]*/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', b: '\b', f: '\f' };

/** Units: `line` counts from 1. */
export function parseLegacyCommand(written: string): LegacyCommand {
  const text = written.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const fields: Record<string, string> = {};
  for (let at = 0, line = 1; at < text.length; ) {
    const rest = text.slice(at);
    const end = rest.indexOf('\n') === -1 ? rest.length : rest.indexOf('\n');
    const key = KEY.exec(rest.slice(0, end));
    if (key === null) {
      if (!/^\s*(#.*|\[.*|[\w-]+\s*=.*)?$/.test(rest.slice(0, end))) return { ok: false, problem: 'This line is not valid TOML.', line };
      at += end + 1;
      line += 1;
      continue;
    }
    const value = stringAt(rest.slice(key[0].length));
    if (value === undefined || key[1] === undefined) return { ok: false, problem: `The text of "${key[1]}" is not terminated.`, line };
    fields[key[1]] = value.text;
    const used = key[0].length + value.length;
    line += rest.slice(0, used).split('\n').length - 1;
    at += used;
    const next = text.indexOf('\n', at);
    at = next === -1 ? text.length : next + 1;
    line += 1;
  }
  return fields['prompt'] === undefined ? { ok: false, problem: 'The file has no "prompt".', line: 1 } : { ok: true, fields };
}

function stringAt(text: string): { text: string; length: number } | undefined {
  for (const quote of ['"""', "'''", '"', "'"]) {
    if (!text.startsWith(quote)) continue;
    const escapes = quote.startsWith('"');
    for (let at = quote.length; at < text.length; at += 1) {
      if (escapes && text[at] === '\\') at += 1;
      else if (text.startsWith(quote, at)) {
        const raw = text.slice(quote.length, at);
        const inner = quote.length === 3 ? raw.replace(/^\n/, '') : raw;
        return { text: escapes ? unescaped(inner) : inner, length: at + quote.length };
      } else if (quote.length === 1 && text[at] === '\n') return undefined;
    }
    return undefined;
  }
  return undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(\n\s*)|(.))/g, (_whole, code?: string, fold?: string, mark = '') => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return fold === undefined ? (ESCAPES[mark] ?? mark) : '';
  });
}
