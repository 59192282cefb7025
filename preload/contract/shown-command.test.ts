import { expect, test } from 'vitest';
import { shownCommand } from './shown-command.ts';

test.each([
  ['npm test', 'npm test'],
  ['  for f in *; do\n\techo $f\ndone ', 'for f in *; do echo $f done'],
  ['rm -rf ~ #\u202etset mpn\u202c', 'rm -rf ~ #[U+202E]tset mpn[U+…'],
  ['a\u200bb\u001b[2J', 'a[U+200B]b[U+001B][2J'],
  ['x'.repeat(31), `${'x'.repeat(29)}…`],
])('%j is shown as %j', (command, shown) => {
  expect(shownCommand(command, 30)).toBe(shown);
});
