import { expect, test } from 'vitest';
import { joinAnswers, NO_ANSWER, readAnswer } from './hook-answer.ts';
import { matches, planHooks } from './hook-config.ts';

const read = (exitCode: number, stdout = '', stderr = '') => readAnswer({ kind: 'ended', exitCode, stdout, stderr }, { readsText: true });
const says = (output: object) => read(0, JSON.stringify(output));

test.each([
  ['approve', { permission: { decision: 'allow', reason: 'r' } }],
  ['allow', { permission: { decision: 'allow', reason: 'r' } }],
  ['ask', { permission: { decision: 'ask', reason: 'r' } }],
  ['block', { block: 'r' }],
  ['deny', { block: 'r' }],
  ['whatever', {}],
])('the older decision “%s”', (decision, expected) => {
  expect(says({ decision, reason: 'r' })).toEqual({ ...NO_ANSWER, ...expected });
});

test('a decision about an approval has a reason and may change the input; one about the call takes precedence', () => {
  const decision = { behavior: 'deny', message: 'not here', updatedInput: { a: 1 } };
  expect(says({ hookSpecificOutput: { decision } })).toMatchObject({
    permission: { decision: 'deny', reason: 'not here' },
    updatedInput: { a: 1 },
  });
  expect(says({ hookSpecificOutput: { permissionDecision: 'ask', decision } }).permission?.decision).toBe('ask');
  expect(says({ hookSpecificOutput: { permissionDecision: 'allow' } }).permission?.reason).toBe('A hook made this decision.');
});

test('a hook that refuses without a reason gets a default one', () => {
  expect(read(2).block).toBe('A hook refused this.');
  expect(says({ decision: 'block' }).block).toBe('A hook refused this.');
  expect(says({ continue: false }).stop).toBe('A hook stopped the turn.');
  expect(says({ continue: false, reason: 'enough' }).stop).toBe('enough');
});

test('text for the model or for people is cut at 10,000 characters, between characters', () => {
  const long = `${'x'.repeat(9_999)}😀 and more`;
  const cut = `${'x'.repeat(9_999)}\uFFFD [cut]`;
  expect(read(2, '', long).block).toBe(cut);
  expect(read(0, long).context).toEqual([cut]);
  expect(says({ systemMessage: long }).messages).toEqual([cut]);
  expect(read(0, 'x'.repeat(10_000)).context).toEqual(['x'.repeat(10_000)]);
});

test('of several answers the first that stops takes precedence, and all reasons and problems are kept', () => {
  const answers = [
    { ...NO_ANSWER, context: ['a'], problem: 'p' },
    { ...NO_ANSWER, stop: 'second', messages: ['m'] },
    { ...NO_ANSWER, stop: 'third', context: ['b'], problem: 'q' },
  ];
  expect(joinAnswers(answers)).toEqual({ stop: 'second', context: ['a', 'b'], messages: ['m'], problem: 'p\nq' });
});

test('a time limit is an hour at most, and a pattern of more than 500 characters is ignored', () => {
  const command = { type: 'command', command: 'x' };
  const plan = planHooks(
    {
      Stop: [
        {
          hooks: [
            { ...command, timeout: 999 },
            { ...command, timeout: 9_000_000 },
          ],
        },
      ],
    },
    'Stop',
  );
  expect(plan.hooks.map(({ timeoutMs }) => timeoutMs)).toEqual([999_000, 3_600_000]);
  expect(matches(`(${'x'.repeat(497)})?`, 'edit')).toBe(true);
  expect(matches(`(${'x'.repeat(498)})?`, 'edit')).toBe(false);
});
