import { expect, test } from 'vitest';
import { summary } from '../../test/samples.ts';
import { sessionDot } from './session-dot.ts';

test('needing the user and running take precedence over unread', () => {
  expect(sessionDot(summary({ state: 'needs_you', endedTurns: 5 }), 0, false)).toBe('needs_you');
  expect(sessionDot(summary({ state: 'running', endedTurns: 5 }), 0, true)).toBe('running');
});

test('turns that ended unseen make a session unread, unless it is open or new to this window', () => {
  expect(sessionDot(summary({ endedTurns: 2 }), 1, false)).toBe('unread');
  expect(sessionDot(summary({ endedTurns: 2 }), 2, false)).toBe('idle');
  expect(sessionDot(summary({ endedTurns: 2 }), 1, true)).toBe('idle');
  expect(sessionDot(summary({ endedTurns: 2 }), undefined, false)).toBe('idle');
});
