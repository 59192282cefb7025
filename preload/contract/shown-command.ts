/** Control characters, invisible characters and those that change the writing direction: they can make a command look like another. */
const HIDDEN = /[\p{Cc}\p{Cf}]/gu;

/** A command as one line of at most `maxChars` UTF-16 code units, for dialogs and notifications of the system and the browser. Pure. */
export function shownCommand(command: string, maxChars: number): string {
  const line = command.replaceAll(/\s+/g, ' ').trim().replaceAll(HIDDEN, '\uFFFD');
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line;
}
