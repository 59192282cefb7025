/** `!command`: what the composer runs instead of sending. Pure. A space before the mark makes it a prompt again. */

const MARK = '!';

/** The command, empty while only the mark stands there; undefined for a prompt. */
export function shellCommandOf(text: string): string | undefined {
  return text.startsWith(MARK) ? text.slice(MARK.length).trim() : undefined;
}

/** The text in the composer that runs this command. */
export function shellText(command: string): string {
  return `${MARK}${command}`;
}
