import { expect, test } from 'vitest';
import { recordedEnd } from './result-display.ts';

test.each([
  ['the recorded exit code', { exitCode: 3, summary: 'Exited with code 4' }, { exitCode: 3 }],
  ['the recorded signal', { signal: 9 }, { signal: 9 }],
  ['an exit code that an earlier version wrote in words', { summary: 'Exited with code 130 (128 + 2: SIGINT)' }, { exitCode: 130 }],
  ['a signal that an earlier version wrote in words', { summary: 'Terminated by signal 15 (SIGTERM)' }, { signal: 15 }],
  ['nothing for another summary', { summary: 'Stopped by the user before it finished' }, {}],
  ['nothing without a record', undefined, {}],
])('the end of a command is %s', (_name, gantry, end) => {
  expect(recordedEnd(gantry)).toEqual(end);
});
