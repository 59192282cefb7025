import { expect, test } from 'vitest';
import { SessionId } from '../../../preload/contract/index.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { fakeTasks, makeTask } from '../../test/support/tool-workspace.ts';
import { createUntoldTasks, MONITOR_PAUSE_MS } from './pending-notifications.ts';

function setUp() {
  const clock = createManualClock();
  let news: 'none' | 'lines' | 'ended' = 'none';
  let taken = 0;
  let ready = 0;
  const request = { description: 'log', maxEvents: 10, idleTimeoutMs: 1000 };
  const tasks = {
    ...fakeTasks({}),
    takeEndedNotices: () => [],
    monitorNews: () => news,
    takeMonitorNotices() {
      news = 'none';
      taken += 1;
      return [{ task: makeTask(), request, lines: [`take ${taken}`], droppedLines: 0, events: taken }];
    },
  };
  const untold = createUntoldTasks(SessionId.parse('s'), { tasks, clock }, () => void (ready += 1));
  const speak = (more: 'lines' | 'ended' = 'lines') => {
    news = more;
    if (more === 'lines') untold.monitorSpoke();
    else untold.taskEnded();
  };
  const deliver = () => {
    untold.collect();
    const lines = untold.collectMonitored().flatMap((notice) => notice.lines);
    untold.told();
    return lines;
  };
  return { clock, untold, speak, deliver, ready: () => ready, taken: () => taken };
}

test('the first lines of a monitor wait half a second for others, the next until the pause is over', () => {
  const { clock, untold, speak, deliver, ready } = setUp();
  speak();
  speak();
  clock.advance(499);
  expect(ready()).toBe(0);
  clock.advance(1);
  expect(ready()).toBe(1);
  expect(deliver()).toEqual(['take 1']);
  speak();
  expect(untold.isMonitorDue()).toBe(false);
  clock.advance(MONITOR_PAUSE_MS - 1);
  expect(ready()).toBe(1);
  clock.advance(1);
  expect([ready(), untold.isMonitorDue()]).toEqual([2, true]);
});

test('lines that came during a turn are announced when the pause is over', () => {
  const { clock, untold, speak, deliver, ready } = setUp();
  speak();
  clock.advance(500);
  deliver();
  speak();
  clock.advance(MONITOR_PAUSE_MS); // a turn runs: nobody can be told
  expect(ready()).toBe(2);
  expect(untold.isMonitorDue()).toBe(true);
});

test('the end of a monitor does not wait for the pause', () => {
  const { clock, untold, speak, deliver } = setUp();
  speak();
  clock.advance(500);
  deliver();
  speak('ended');
  clock.advance(50);
  expect(untold.isMonitorDue()).toBe(true);
});

test('lines of a turn that could not start are told with the next one, and ask for no turn by themselves', () => {
  const { clock, untold, speak, ready, taken } = setUp();
  speak();
  clock.advance(500);
  untold.collectMonitored(); // the turn could not start
  speak();
  clock.advance(60_000);
  expect([ready(), taken(), untold.isEmpty()]).toEqual([1, 1, false]);
  expect(untold.collectMonitored().flatMap((notice) => notice.lines)).toEqual(['take 1']);
});
