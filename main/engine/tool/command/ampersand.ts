/**
 * Finds `&` as the operator that sends a command to the background. Pure.
 * Why: when the shell of a command ends, its terminal is hung up, and everything that `&` started dies silently with it
 * (docs/background-tasks.md, "Facts about node-pty"). The result only leads to advice or one refusal, so this parser reads
 * quotes, comments and redirections and ignores the rest of the grammar.
 */

export interface AmpersandUse {
  /** The command ends with `&`. */
  readonly isLast: boolean;
  /** `&` occurs earlier, and no `wait` follows. */
  readonly leavesChildren: boolean;
}

export function findAmpersand(command: string): AmpersandUse {
  const plain = blankQuoted(command);
  const operators = [...plain.matchAll(/(?<![&<>|;])&(?![&>])/g)];
  const last = operators.at(-1);
  if (last === undefined) return { isLast: false, leavesChildren: false };
  const behind = plain.slice(last.index + 1);
  return { isLast: behind.trim() === '', leavesChildren: !/\bwait\b/.test(behind) };
}

/** The command with quoted text, escapes, comments and arithmetic blanked out; every other character keeps its offset. */
function blankQuoted(command: string): string {
  const hidden = /\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\(\([^()]*\)\)|(?<=^|[\s;&|(])#[^\n]*/g;
  return command.replace(hidden, (match) => ' '.repeat(match.length));
}
