import { spellHidden } from './hidden-characters.ts';

/** A command as one line of at most `maxChars` UTF-16 code units, for dialogs and notifications of the system and the browser. Pure. */
export function shownCommand(command: string, maxChars: number): string {
  const line = spellHidden(command.replaceAll(/[ \t\r\n]+/g, ' ').trim());
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line;
}
