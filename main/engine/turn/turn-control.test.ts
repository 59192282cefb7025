import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { ABORTED, createTurnControl, untilAborted } from './turn-control.ts';

test('closing the app after a cancel does not mark the turn as interrupted', () => {
  const cancelled = createTurnControl();
  cancelled.cancel();
  cancelled.interrupt();
  expect(cancelled.isInterrupted()).toBe(false);
  const interrupted = createTurnControl();
  interrupted.interrupt();
  expect([interrupted.isInterrupted(), interrupted.signal.aborted]).toEqual([true, true]);
});

test('a wait ends when the time elapses, at retryNow or at a cancel, and leaves no timer', async () => {
  const clock = createManualClock();
  const control = createTurnControl();
  const first = control.wait(1000, clock);
  clock.advance(1000);
  expect(await first).toBe('elapsed');
  control.retryNow(); // nothing waits: this must not end the next wait
  const second = control.wait(1000, clock);
  control.retryNow();
  expect(await second).toBe('skipped');
  const third = control.wait(1000, clock);
  control.cancel();
  expect(await third).toBe('cancelled');
  expect(await control.wait(1000, clock)).toBe('cancelled');
  expect(clock.pending()).toBe(0);
});

test('a promise that rejects after the abort is ignored', async () => {
  const controller = new AbortController();
  const work = Promise.withResolvers<string>();
  const waiting = untilAborted(work.promise, controller.signal);
  controller.abort();
  expect(await waiting).toBe(ABORTED);
  expect(await untilAborted(work.promise, controller.signal)).toBe(ABORTED);
  work.reject(new Error('too late'));
  await expect(untilAborted(Promise.reject(new Error('in time')), new AbortController().signal)).rejects.toThrow('in time');
});
