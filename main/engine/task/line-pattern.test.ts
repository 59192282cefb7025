import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startCpuTimer } from '../../test/support/cpu-time.ts';
import { createLinePattern, patternProblem } from './line-pattern.ts';

test.each([
  ['ERROR|FAIL', ['an ERROR', 'FAIL'], ['error', 'ERR']],
  ['(?i)error', ['an ERROR', 'Error'], ['err']],
  ['(?i)ERR[O]R', ['an error', 'Error'], ['err']],
  ['^\\[(', [], []],
  ['^\\[warn\\] .*disk', ['[warn] no disk', '[warn] disk'], ['a [warn] disk', '[warn] dis']],
  ['took \\d\\d ms$', ['it took 12 ms'], ['it took 1 ms', 'it took 12 ms.']],
  ['a.+b', ['axb', 'a/x b'], ['ab']],
  ['[A-F0-9]x[^!]', ['Cx.', '7x?'], ['Gx.', 'Cx!', 'Cx']],
  ['^$', [''], [' ']],
  ['[!]', ['!'], ['x']],
  ['\\p', [], []],
])('%j matches these lines and no others', (pattern, matching, others) => {
  if (matching.length + others.length === 0) {
    expect(patternProblem(pattern)).toContain('is not supported here');
    return;
  }
  const matches = createLinePattern(pattern);
  expect(matching.filter(matches)).toEqual(matching);
  expect(others.filter(matches)).toEqual([]);
});

test.each(['(a)', 'a+', 'a?', 'a*', 'a{2}', 'a$b', 'a^b', '[a', '[\\d]', '\\b', '\\', '*'])(
  '%j is refused with the name of what is not supported and with another way',
  (pattern) => {
    const problem = patternProblem(pattern);
    expect(problem).toMatch(/ is not supported here\./);
    expect(problem).toContain('grep --line-buffered');
    expect(() => createLinePattern(pattern)).toThrow('not supported');
  },
);

test('what is accepted matches exactly the lines that the regular expression matches', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'é',
    '/',
    '.',
    '.*',
    '.+',
    '[ab]',
    '[^a]',
    '[a-c]',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\.',
    '\\|',
  );
  const alternative = fc
    .tuple(fc.constantFrom('', '^'), fc.array(piece, { maxLength: 5 }), fc.constantFrom('', '$'))
    .map(([start, pieces, end]) => start + pieces.join('') + end);
  const pattern = fc.array(alternative, { minLength: 1, maxLength: 3 }).map((alternatives) => alternatives.join('|'));
  const line = fc
    .array(fc.constantFrom('a', 'b', 'c', 'é', '/', '.', '|', ' ', '7', '😀'), { maxLength: 8 })
    .map((found) => found.join(''));
  fc.assert(
    fc.property(pattern, fc.array(line, { minLength: 4, maxLength: 4 }), (source, lines) => {
      const regExp = new RegExp(source, 'su');
      expect(lines.filter(createLinePattern(source))).toEqual(lines.filter((found) => regExp.test(found)));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['many gaps', '.*a'.repeat(160)],
  ['one long text', `${'a'.repeat(499)}b`],
  ['any characters', `${'.'.repeat(498)}b$`],
  ['many alternatives', 'b|'.repeat(249)],
])('a pattern of %s takes a bounded time on a second of the longest lines that a monitor may send', (_what, source) => {
  const matches = createLinePattern(source);
  const cpuMs = startCpuTimer();
  for (let i = 0; i < 33; i += 1) matches('a'.repeat(2000));
  expect(cpuMs()).toBeLessThan(3000);
});
