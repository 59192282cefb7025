import { expect, test } from 'vitest';
import { SessionId, TaskId, type TaskSummary } from '../../../preload/contract/index.ts';
import {
  backgroundClock,
  formatSpan,
  groupTasks,
  outputAge,
  statusLabel,
  statusTone,
  tickMs,
  timeoutNote,
  urlLabel,
} from './task-format.ts';

const START = 1_000_000;

function task(overrides: Partial<TaskSummary> = {}): TaskSummary {
  return {
    id: TaskId.parse('bg_00000001'),
    sessionId: SessionId.parse('s1'),
    command: 'npm run dev',
    cwd: '/p',
    placement: 'background',
    wasBackground: true,
    status: 'running',
    startedAtMs: START,
    outputBytes: 0,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
    ...overrides,
  };
}

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [360_000, '6 m'],
  [7_200_000, '2 h'],
  [260_000_000, '3 d'],
])('an age of %d ms is %s', (ms, shown) => expect(formatSpan(ms)).toBe(shown));

test.each<[Partial<TaskSummary>, string, string]>([
  [{ status: 'starting' }, 'starting', 'run'],
  [{ status: 'running' }, 'running', 'run'],
  [{ status: 'stopping' }, 'stopping', 'warn'],
  [{ status: 'completed', exitCode: 0 }, 'exited 0', 'ok'],
  [{ status: 'failed', exitCode: 1 }, 'exited 1', 'err'],
  [{ status: 'failed', exitCode: 0, signal: 9 }, 'signal 9', 'err'],
  [{ status: 'failed' }, 'failed', 'err'],
  [{ status: 'cancelled', exitCode: 143 }, 'stopped', 'plain'],
  [{ status: 'interrupted', error: 'Ended with Gantry' }, 'Ended with Gantry', 'plain'],
])('the label of task %j is %s in tone %s', (overrides, label, tone) => {
  expect([statusLabel(task(overrides)), statusTone(task(overrides))]).toEqual([label, tone]);
});

const id = (n: number) => TaskId.parse(`bg_0000000${n}`);

test('a running task shows the age of its output, and after 40 s that it is quiet but alive', () => {
  const running = task({ lastOutputAtMs: START });
  expect(outputAge(running, START + 4_000)).toBe('last output 4 s ago');
  expect(outputAge(running, START + 40_000)).toBe('quiet for 40 s, process alive');
  expect(outputAge(task(), START + 1_000)).toBe('no output yet');
  expect(outputAge(task({ status: 'completed' }), START + 1_000)).toBe('');
});

test.each<[Partial<TaskSummary>, number, string, number]>([
  [{}, 9_000, '0:09', 5000],
  [{}, 59_999, '0:59', 5000],
  [{}, 60_000, '1 m', 15_000],
  [{ lastOutputAtMs: START + 170_000 }, 180_000, '3 m', 5000],
  [{ status: 'completed', endedAtMs: START + 192_000 }, 500_000, '3:12', 15_000],
])('the clock of background task %j after %d ms is %s, and changes every %d ms', (overrides, afterMs, clock, everyMs) => {
  const one = task(overrides);
  expect([backgroundClock(one, START + afterMs), tickMs(one, START + afterMs)]).toEqual([clock, everyMs]);
});

test('groups contain only background tasks, newest first, and a failed one needs attention until it is opened', () => {
  const tasks = [
    task({ id: id(1), startedAtMs: 1, status: 'failed' }),
    task({ id: id(2), startedAtMs: 2 }),
    task({ id: id(3), startedAtMs: 3, status: 'completed' }),
    task({ id: id(4), startedAtMs: 4, wasBackground: false, placement: 'foreground' }),
    task({ id: id(5), startedAtMs: 5, status: 'stopping' }),
    task({ id: id(6), startedAtMs: 6, status: 'failed' }),
  ];
  const groups = groupTasks(tasks, new Set([id(6)]));
  expect(groups.needsALook.map(({ id: shown }) => shown)).toEqual([id(1)]);
  expect(groups.running.map(({ id: shown }) => shown)).toEqual([id(5), id(2)]);
  expect(groups.finished.map(({ id: shown }) => shown)).toEqual([id(6), id(3)]);
});

test('a task that ended with the app is finished, and does not need attention', () => {
  const { needsALook, finished } = groupTasks([task({ status: 'interrupted', error: 'Ended with Gantry' })], new Set());
  expect([needsALook.length, finished.length]).toEqual([0, 1]);
});

test('a command of a background subagent is listed while it runs', () => {
  const own = { wasBackground: false, placement: 'foreground', ofAgent: id(9) } as const;
  const groups = groupTasks([task({ id: id(1), ...own }), task({ id: id(2), ...own, status: 'failed' })], new Set());
  expect([groups.needsALook, groups.running.map(({ id: shown }) => shown), groups.finished]).toEqual([[], [id(1)], []]);
});

test('the timeout is shown in normal style at first and as a warning in the last 15 s', () => {
  const limited = task({ placement: 'foreground', timeoutAtMs: START + 120_000 });
  expect(timeoutNote(limited, START)).toEqual({ text: 'stops at 2:00', warning: false });
  expect(timeoutNote(limited, START + 105_000)).toEqual({ text: 'Stops in 15 s', warning: true });
  expect(timeoutNote(limited, START + 119_500)).toEqual({ text: 'Stops in 1 s', warning: true });
  expect(timeoutNote(limited, START + 121_000)).toEqual({ text: 'Time is up', warning: true });
  expect(timeoutNote(task(), START)).toBeUndefined();
});

test('the label of an address is the part between the scheme and a trailing slash', () => {
  expect(['http://localhost:3000/', 'https://[::1]:8443/health'].map(urlLabel)).toEqual(['localhost:3000', '[::1]:8443/health']);
});
