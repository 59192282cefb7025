import { expect, test } from 'vitest';
import { hasHiddenCharacters, shownCommand, spellHidden, splitHidden } from './hidden-characters.ts';

test.each([
  ['right-to-left override', '\u202e', 'U+202E'],
  ['isolate', '\u2066', 'U+2066'],
  ['zero-width space', '\u200b', 'U+200B'],
  ['soft hyphen', '\u00ad', 'U+00AD'],
  ['escape', '\u001b', 'U+001B'],
  ['carriage return', '\r', 'U+000D'],
  ['C1 control', '\u009b', 'U+009B'],
  ['Hangul filler', '\u3164', 'U+3164'],
  ['Khmer vowel that is not shown', '\u17b4', 'U+17B4'],
  ['variation selector', '\ufe00', 'U+FE00'],
  ['tag letter', '\u{e0041}', 'U+E0041'],
  ['line separator', '\u2028', 'U+2028'],
  ['no-break space', '\u00a0', 'U+00A0'],
  ['ideographic space', '\u3000', 'U+3000'],
  ['blank braille pattern', '\u2800', 'U+2800'],
  ['half of a pair', '\ud800', 'U+D800'],
])('%s is spelled out', (_name, character, code) => {
  expect(hasHiddenCharacters(`rm${character}x`)).toBe(true);
  expect(spellHidden(`rm${character}x`)).toBe(`rm[${code}]x`);
  expect(splitHidden(`rm${character}x`).map(({ text }) => text)).toEqual(['rm', character, 'x']);
});

test.each(['npm test', 'a\n\tb', 'grüße 漢字 שלום 👍', ''])('%j is ordinary', (text) => {
  expect(hasHiddenCharacters(text)).toBe(false);
  expect(spellHidden(text)).toBe(text);
});

test.each([
  ['npm test', 'npm test'],
  ['  for f in *; do\n\techo $f\ndone ', 'for f in *; do echo $f done'],
  ['rm -rf ~ #\u202etset mpn\u202c', 'rm -rf ~ #[U+202E]tset mpn[U+…'],
  ['a\u200bb\u001b[2J', 'a[U+200B]b[U+001B][2J'],
  ['x'.repeat(31), `${'x'.repeat(29)}…`],
])('%j is shown as %j', (command, shown) => {
  expect(shownCommand(command, 30)).toBe(shown);
});
