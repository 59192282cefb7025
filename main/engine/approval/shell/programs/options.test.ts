import { expect, test } from 'vitest';
import type { FinalWord } from '../words/resolve-words.ts';
import { parseOptions, parseTable } from './options.ts';

const at = { text: '', start: 0, end: 0, unknown: 'none', glob: 'none', tilde: false, quoted: false } as const;
const toWord = (text: string): FinalWord => ({ text, notation: text, isMatched: false, hasVariable: false, at });
const options = parseTable('a,all n,lines=text f,file=read ,color?=text ,context=text w?=text');

function parse(line: string, isExact = false) {
  const parsed = parseOptions(line.split(' ').map(toWord), { options, digits: 'n', isExact });
  return parsed.ok ? [...parsed.used.flatMap(({ words }) => words), '|', ...parsed.operands.map(({ text }) => text)].join(' ') : 'asks';
}

test.each([
  ['-a x', '-a | x'],
  ['-an5 x', '-a -n 5 | x'],
  ['-n 5 x', '-n 5 | x'],
  ['-na x', '-n a | x'],
  ['x -a y', '-a | x y'],
  ['-a -- -x', '-a | -x'],
  ['-5 x', '-n 5 | x'],
  ['--lines=5 x', '--lines=5 | x'],
  ['--lines 5 x', '--lines=5 | x'],
  ['--li 5 x', '--lines=5 | x'],
  ['--color x', '--color | x'],
  ['--colo=never x', '--color=never | x'],
  ['-w5 x', '-w5 | x'],
  ['-w 5', '-w | 5'],
  ['- -a', '-a | -'],
  ['--co x', 'asks'], // color or context
  ['--all=x', 'asks'],
  ['-x', 'asks'],
  ['-ax', 'asks'],
  ['--output=x', 'asks'],
  ['--lines', 'asks'],
  ['-f', 'asks'],
])('%s is read as %s', (line, expected) => {
  expect(parse(line)).toBe(expected);
});

test('where long names cannot be shortened, a beginning asks', () => {
  expect([parse('--lines=5', true), parse('--line=5', true)]).toEqual(['--lines=5 |', 'asks']);
});
