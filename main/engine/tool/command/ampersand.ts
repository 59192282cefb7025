/**
 * Finds `&` as the operator that sends a command to the background. Pure.
 * Why: when the shell of a command ends its terminal is hung up, and what `&` started dies with it, silently
 * (docs/background-tasks.md, "Facts about node-pty"). It decides only about advice and one refusal, so it reads quotes,
 * comments and redirections and leaves the rest of the grammar alone.
 */

export interface AmpersandUse {
  /** The command ends in it. */
  readonly isLast: boolean;
  /** It stands somewhere, and no `wait` follows. */
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

/** The command with quoted text, escapes, comments and arithmetic as blanks, and every other character in its place. */
function blankQuoted(command: string): string {
  const hidden = /\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\(\([^()]*\)\)|(?<=^|[\s;&|(])#[^\n]*/g;
  return command.replace(hidden, (match) => ' '.repeat(match.length));
}
