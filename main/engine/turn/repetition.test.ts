import { expect, test } from 'vitest';
import { startCpuTimer } from '../../test/support/cpu-time.ts';
import { createRepetitionGuard } from './repetition.ts';

/** Split into deltas of a few characters, like a stream. */
function judge(text: string, step = 7): boolean {
  const guard = createRepetitionGuard();
  for (let at = 0; at < text.length; at += step) if (guard.push(text.slice(at, at + step))) return true;
  return false;
}

const SENTENCE = 'I will now look at the file once more. ';

test('a sentence repeated twenty times is a loop', () => {
  expect(judge(`First something else, which takes a moment. ${SENTENCE.repeat(20)}`)).toBe(true);
});

test('a paragraph of several lines repeated ten times is a loop', () => {
  expect(judge(`${'Let me check.\nThe test fails because of the date.\nI change it.\n\n'.repeat(25)}`)).toBe(true);
});

test('a sentence repeated five times is not a loop', () => {
  expect(judge(SENTENCE.repeat(5))).toBe(false);
});

test('a paragraph repeated nine times is not a loop, but a few more repetitions make it one', () => {
  const paragraph = `${'I look at the file, change the line and run the test again'.padEnd(99, '.')}\n`;
  expect(judge(`Something else first. ${paragraph.repeat(9)}`)).toBe(false);
  expect(judge(`Something else first. ${paragraph.repeat(13)}`)).toBe(true);
});

test('the same words before each of many code blocks are not a loop', () => {
  const guard = createRepetitionGuard();
  const lines = Array.from({ length: 100 }, (_, at) => [
    'The next file of this folder gets the same change as the one before it:\n',
    '```ts\n',
    `export const value${at} = ${at};\n`,
    '```\n',
  ]).flat();
  expect(lines.map((line) => guard.push(line))).not.toContain(true);
});

test('lines that differ in a number are not a loop', () => {
  expect(judge(Array.from({ length: 400 }, (_, at) => `- item ${at} of the list is done\n`).join(''))).toBe(false);
});

test('rules and columns without words are not a loop', () => {
  expect(judge('-'.repeat(3000))).toBe(false);
  expect(judge('| 0 | 0 |\n'.repeat(300))).toBe(false);
});

test('text in a code fence may repeat; text after it counts again', () => {
  const code = `\`\`\`json\n${'  null,\n'.repeat(300)}\`\`\`\n`;
  expect(judge(code)).toBe(false);
  expect(judge(code + SENTENCE.repeat(20))).toBe(true);
});

test('a megabyte of text is checked within a fraction of a second', () => {
  const cpuMs = startCpuTimer();
  expect(judge(Array.from({ length: 40_000 }, (_, at) => `word number ${at} stands here `).join(''), 20)).toBe(false);
  expect(cpuMs()).toBeLessThan(2000);
});
