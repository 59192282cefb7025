/** `!command`: the composer runs it instead of sending it. Pure. With a space before the mark, it is a prompt again. */

const MARK = '!';

/** The command, empty after the mark alone; undefined for a prompt. */
export function shellCommandOf(text: string): string | undefined {
  return text.startsWith(MARK) ? text.slice(MARK.length).trim() : undefined;
}

/** The composer text that runs this command. */
export function shellText(command: string): string {
  return `${MARK}${command}`;
}
