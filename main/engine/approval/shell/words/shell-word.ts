/**
 * One word of a command, unquoted by our own rules. The grammar says where a word is; its meaning is read again here, so that
 * a disagreement between grammar and shell is noticed instead of trusted. Pure. Source: bash(1), QUOTING and EXPANSION.
 */

/**
 * The strongest reason why a word's text cannot be known before it runs. `variable`: only plain `$NAME`s that hold no secret;
 * `environment`: a variable whose value may be a secret.
 */
export type Unknown = 'none' | 'variable' | 'environment' | 'brace' | 'expansion' | 'encoded' | 'substitution' | 'misread';

/** Offsets in UTF-16 code units of the whole command. */
export interface ShellWord {
  /** The text without quotes; if `unknown` is not `none`, the text up to that point. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly unknown: Unknown;
  /** `*`, `?` or `[` outside quotes; `first`: the word begins with it, so that a file's name could become an option. */
  readonly glob: 'none' | 'first' | 'later';
  /** Begins with an unquoted `~`. */
  readonly tilde: boolean;
  readonly quoted: boolean;
}

const META = /[\s;&|<>()]/;
const PLAIN_VARIABLE = /^\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|[?#$!@*0-9-])/;
const RANK: readonly Unknown[] = ['none', 'variable', 'environment', 'brace', 'expansion', 'encoded', 'substitution', 'misread'];

/**
 * Variables that the shell or every system sets, and the lower-case names of scripts: only these may be shown to a model
 * without an approval.
 */
const HARMLESS_VARIABLE =
  /^(HOME|PWD|OLDPWD|USER|LOGNAME|SHELL|PATH|LANG|LC_[A-Z]+|TERM|TMPDIR|TZ|SHLVL|HOSTNAME|NODE_ENV|CI|[a-z_][a-z0-9_]*|[?#!@*0-9-]?)$/;

/** Lower-case names that do not belong to scripts: settings of programs, and names that announce a secret. */
const TELLING_NAME = /proxy|token|secret|passw|passphrase|credential|auth(?!or)|api_?key|private|^(npm|yarn|pnpm)_/;

export function isHarmlessVariable(name: string): boolean {
  return HARMLESS_VARIABLE.test(name) && !TELLING_NAME.test(name);
}

function worse(one: Unknown, other: Unknown): Unknown {
  return RANK.indexOf(one) >= RANK.indexOf(other) ? one : other;
}

export function readWord(source: string, start: number, end: number): ShellWord {
  const raw = source.slice(start, end);
  let text = '';
  let unknown: Unknown = 'none';
  let glob: ShellWord['glob'] = 'none';
  let quoted = false;
  let quote: '"' | undefined;
  const found = (what: Unknown) => (unknown = worse(unknown, what));
  let at = 0;
  while (at < raw.length) {
    const character = raw.charAt(at);
    if (character === '`') {
      found('substitution');
      break;
    }
    if (character === '$') {
      const next = raw.charAt(at + 1);
      if (next === '(') {
        found(raw.startsWith('$((', at) ? 'expansion' : 'substitution');
        if (raw.slice(at).includes('`') || /\$\((?!\()/.test(raw.slice(at))) found('substitution');
        break;
      }
      if ((next === "'" || next === '"') && quote === undefined) {
        found('encoded');
        break;
      }
      const variable = PLAIN_VARIABLE.exec(raw.slice(at))?.[0];
      if (variable !== undefined) {
        found(isHarmlessVariable(variable.replace(/[${}]/g, '')) ? 'variable' : 'environment');
        text += variable;
        at += variable.length;
        continue;
      }
      if (next === '{' || next === '[') {
        found(/[`]|\$\(/.test(raw.slice(at)) ? 'substitution' : 'expansion');
        break;
      }
      text += character;
      at += 1;
      continue;
    }
    if (character === '\\') {
      const next = raw.charAt(at + 1);
      if (at + 1 >= raw.length) found('misread');
      quoted = true;
      if (next !== '\n') text += quote !== undefined && !'$`"\\'.includes(next) ? `\\${next}` : next;
      at += 2;
      continue;
    }
    if (character === '"') {
      quote = quote === undefined ? '"' : undefined;
      quoted = true;
    } else if (quote !== undefined) text += character;
    else if (character === "'") {
      const close = raw.indexOf("'", at + 1);
      quoted = true;
      if (close === -1) {
        found('misread');
        break;
      }
      text += raw.slice(at + 1, close);
      at = close;
    } else {
      if (META.test(character)) {
        found('misread');
        break;
      }
      // Braces may contain quoted braces and nested braces: anything that could expand to several words counts.
      if (character === '{' && /^\{.*(,|\.\.).*\}/s.test(raw.slice(at))) found('brace');
      if (/[*?[]/.test(character) && glob !== 'first') glob = text === '' ? 'first' : 'later';
      text += character;
    }
    at += 1;
  }
  if (quote !== undefined && RANK.indexOf(unknown) < RANK.indexOf('expansion')) found('misread'); // the quote did not end in this word
  return { text, start, end, unknown, glob, tilde: raw.startsWith('~'), quoted };
}

/** A character that is invisible, turns the reading direction, or ends the text for the system that runs it. */
export const HIDDEN_CHARACTER = /(?![\t\n ])[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
