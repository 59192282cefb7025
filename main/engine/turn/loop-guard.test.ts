import { expect, test } from 'vitest';
import { createLoopGuard } from './loop-guard.ts';

const call = (input: Record<string, unknown>, name = 'glob') => ({ id: 'c', name, input });

test('the fifth equal call in a row is a loop, and so is every equal call after it', () => {
  const guard = createLoopGuard();
  expect(Array.from({ length: 6 }, () => guard.isLoop(call({ a: 1 })))).toEqual([false, false, false, false, true, true]);
});

test('another input, another tool or a call in between resets the count', () => {
  const guard = createLoopGuard();
  const round = [call({ a: 1 }), call({ a: 1 }), call({ a: 1 }), call({ a: 1 })];
  const calls = [...round, call({ a: 2 }), ...round, call({ a: 1 }, 'grep_search'), ...round];
  expect(calls.map((each) => guard.isLoop(each))).not.toContain(true);
});
