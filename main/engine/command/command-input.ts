/** Recognizes slash commands in typed text, and suggests similar names. Pure. Source: docs/formats.md 7.1, 7.3. */

/** The most suggestions. */
const MAX_NEAR = 3;
const MAX_DISTANCE = 3;

export interface CommandInput {
  /** Without the slash. */
  readonly name: string;
  /** Trimmed; line breaks inside are kept. */
  readonly args: string;
}

/** Undefined: an ordinary prompt. `/usr/bin/env` is a path and `// note` a comment; neither is a command. */
export function parseCommand(text: string): CommandInput | undefined {
  const found = /^\/([\p{L}\p{N}_][\p{L}\p{N}_:.-]*)(?=\s|$)([\s\S]*)$/u.exec(text.trim());
  return found?.[1] === undefined ? undefined : { name: found[1], args: (found[2] ?? '').trim() };
}

/** Names that a mistyped one may refer to, most likely first. */
export function nearNames(typed: string, names: readonly string[]): readonly string[] {
  const wanted = typed.toLowerCase();
  const limit = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(wanted.length / 2)));
  return names
    .map((name) => ({ name, distance: name.toLowerCase().startsWith(wanted) ? 0.5 : distance(wanted, name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NEAR)
    .map(({ name }) => name);
}

/** Levenshtein distance, computed with two rows. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_unused, at) => at);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= b.length; at += 1) {
      const replaced = (above[at - 1] ?? 0) + (a[row - 1] === b[at - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above.at(-1) ?? 0;
}
