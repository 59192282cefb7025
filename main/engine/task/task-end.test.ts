import { expect, test } from 'vitest';
import { decideEnd } from './task-end.ts';

test('BT-10: stopped comes before everything else', () => {
  expect(decideEnd({ signal: 15, error: 'read failed' }, { stopReason: 'user' })).toEqual({ status: 'cancelled', signal: 15 });
  expect(decideEnd({ exitCode: 0 }, { stopReason: 'agent' })).toEqual({ status: 'cancelled', exitCode: 0 });
  expect(decideEnd({ signal: 15 }, { stopReason: 'app' })).toEqual({ status: 'cancelled', signal: 15, error: 'Ended with Gantry' });
});

test('BT-10: an error comes before signal and code', () => {
  expect(decideEnd({ exitCode: 1, signal: 9, error: 'no terminal' }, {})).toEqual({
    status: 'failed',
    exitCode: 1,
    signal: 9,
    error: 'no terminal',
  });
});

test('BT-10: termination by a signal is a failure, even if the terminal reports code 0 with it', () => {
  expect(decideEnd({ exitCode: 0, signal: 9 }, {}).error).toBe('Terminated by signal 9 (SIGKILL)');
  expect(decideEnd({ signal: 64 }, {})).toMatchObject({ error: 'Terminated by signal 64', failure: { code: 'signal', signal: 64 } });
});

test('BT-10: signal 0 means no signal', () => {
  expect(decideEnd({ exitCode: 0, signal: 0 }, {})).toEqual({ status: 'completed', exitCode: 0 });
});

test('BT-10: other codes fail, and 128 + n names the signal', () => {
  expect(decideEnd({ exitCode: 2 }, {})).toMatchObject({ error: 'Exited with code 2', failure: { code: 'exited', exitCode: 2 } });
  expect(decideEnd({ exitCode: 137 }, {}).error).toBe('Exited with code 137 (128 + 9: SIGKILL)');
  expect(decideEnd({ exitCode: 255 }, {}).error).toBe('Exited with code 255');
});

test('BT-10: an unknown end is a failure that shows the fields', () => {
  expect(decideEnd({}, {}).error).toBe('Exited with unknown status (exitCode=undefined, signal=undefined, error=undefined)');
});

test('BT-15: a timeout is a failure with its own error, not a cancellation', () => {
  expect(decideEnd({ signal: 15 }, { stopReason: 'timeout', timeoutMs: 120_000 })).toEqual({
    status: 'failed',
    signal: 15,
    error: 'Timed out after 120 s',
    failure: { code: 'timed_out', limitMs: 120_000 },
  });
});
