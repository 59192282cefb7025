import { expect, test } from 'vitest';
import type { PartPlan } from '../judge-part.ts';
import { loadShellGrammar } from '../shell-grammar.ts';
import { rebuildCommand } from './rebuild-command.ts';

const parse = await loadShellGrammar();
if (parse === undefined) throw new Error('the grammar could not be loaded');
const options = {
  programs: new Map([
    ['ls', '/bin/ls'],
    ['git', '/bin/git'],
  ]),
  parse,
  gitVariables: {},
};

const plan = (notations: readonly string[], end: number, more: Partial<PartPlan> = {}): PartPlan => ({
  tokens: [{ program: 'ls' }, ...notations.map((notation) => ({ notation }))],
  spans: [{ start: 0, end }],
  edits: [],
  ...more,
});

test('the words of a part are replaced, and what is around them stays', () => {
  expect(rebuildCommand('ls *.txt 2>&1', [plan(["'a.txt'", "'b.txt'"], 8)], options)).toBe("'/bin/ls' 'a.txt' 'b.txt' 2>&1");
});

test.each(['$(touch pwned)', 'a;touch pwned', 'a b', '', "'a'\\''", '`x`', '> pwned', '# x'])(
  'a notation that is not exactly one word for the shell is refused: %s',
  (notation) => {
    expect(rebuildCommand('ls x', [plan([notation], 4)], options)).toBeUndefined();
  },
);

test('overlapping edits are refused, and so is a command that grows too long', () => {
  const edits = [{ start: 1, end: 4, text: "'x'" }];
  expect(rebuildCommand('ls x', [plan(["'x'"], 4, { edits })], options)).toBeUndefined();
  expect(rebuildCommand('ls x', [plan([`'${'x'.repeat(100_000)}'`], 4)], options)).toBeUndefined();
});

test('where other parts run as they are written, the settings of git stand in front of it', () => {
  const git: PartPlan = { tokens: [{ program: 'git' }, { notation: "'log'" }], spans: [{ start: 12, end: 19 }], edits: [], uses: 'git' };
  const npm: PartPlan = { tokens: [{ notation: 'npm' }, { notation: 'test' }], spans: [], edits: [] };
  expect(rebuildCommand('npm test && git log', [npm, git], { ...options, gitVariables: { GIT_PAGER: 'cat' } })).toBe(
    "npm test && GIT_PAGER='cat' '/bin/git' 'log'",
  );
});
