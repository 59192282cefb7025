/**
 * A word as single characters that know whether they were quoted: the form that expansions work on. Only for words that
 * `readWord` has accepted. Pure. Source: bash(1), QUOTING.
 */

/** `variable`: the unit is a whole variable, and `text` its notation (`$x`, `${x}`). */
export interface WordUnit {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly variable?: string;
}

const VARIABLE = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\}|([?#$!@*0-9-]))/;

export function toUnits(raw: string): readonly WordUnit[] {
  const units: WordUnit[] = [];
  const add = (text: string, isQuoted: boolean) => units.push(...[...text].map((each) => ({ text: each, isQuoted })));
  let isDouble = false;
  for (let at = 0; at < raw.length; ) {
    const character = String.fromCodePoint(raw.codePointAt(at) ?? 0);
    const next = raw.charAt(at + 1);
    const variable = character === '$' ? VARIABLE.exec(raw.slice(at)) : null;
    if (variable !== null) {
      units.push({ text: variable[0], isQuoted: isDouble, variable: variable[1] ?? variable[2] ?? variable[3] ?? '' });
      at += variable[0].length;
    } else if (character === '\\') {
      if (next !== '\n') add(isDouble && !'$`"\\'.includes(next) ? `\\${next}` : next, true);
      at += 2;
    } else if (character === '"') {
      isDouble = !isDouble;
      at += 1;
    } else if (character === "'" && !isDouble) {
      const close = raw.indexOf("'", at + 1);
      add(raw.slice(at + 1, close), true);
      at = close + 1;
    } else {
      add(character, isDouble);
      at += character.length;
    }
  }
  return units;
}

export function textOf(units: readonly WordUnit[]): string {
  return units.map(({ text }) => text).join('');
}

export function isBare(unit: WordUnit | undefined, text: string): boolean {
  return unit !== undefined && !unit.isQuoted && unit.variable === undefined && unit.text === text;
}
