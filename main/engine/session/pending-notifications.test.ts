import { expect, test } from 'vitest';
import { SessionId } from '../../../preload/contract/index.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { fakeTasks, makeTask } from '../../test/support/tool-workspace.ts';
import { createPendingNotifications, MONITOR_PAUSE_MS } from './pending-notifications.ts';

function setUp() {
  const clock = createManualClock();
  let updates: 'none' | 'lines' | 'ended' = 'none';
  let taken = 0;
  let ready = 0;
  const request = { description: 'log', maxEvents: 10, idleTimeoutMs: 1000 };
  const tasks = {
    ...fakeTasks({}),
    takeEndedNotices: () => [],
    monitorUpdates: () => updates,
    takeMonitorNotices() {
      updates = 'none';
      taken += 1;
      return [{ task: makeTask(), request, lines: [`take ${taken}`], droppedLines: 0, events: taken }];
    },
  };
  const notifications = createPendingNotifications(SessionId.parse('s'), { tasks, clock }, () => void (ready += 1));
  const speak = (more: 'lines' | 'ended' = 'lines') => {
    updates = more;
    if (more === 'lines') notifications.onMonitorOutput();
    else notifications.onTaskEnded();
  };
  const deliver = () => {
    notifications.collect();
    const lines = notifications.collectMonitored().flatMap((notice) => notice.lines);
    notifications.markReported();
    return lines;
  };
  return { clock, notifications, speak, deliver, ready: () => ready, taken: () => taken };
}

test('the first lines of a monitor wait half a second for more, the next ones until the pause is over', () => {
  const { clock, notifications, speak, deliver, ready } = setUp();
  speak();
  speak();
  clock.advance(499);
  expect(ready()).toBe(0);
  clock.advance(1);
  expect(ready()).toBe(1);
  expect(deliver()).toEqual(['take 1']);
  speak();
  expect(notifications.isMonitorDue()).toBe(false);
  clock.advance(MONITOR_PAUSE_MS - 1);
  expect(ready()).toBe(1);
  clock.advance(1);
  expect([ready(), notifications.isMonitorDue()]).toEqual([2, true]);
});

test('lines that arrive during a turn are announced when the pause is over', () => {
  const { clock, notifications, speak, deliver, ready } = setUp();
  speak();
  clock.advance(500);
  deliver();
  speak();
  clock.advance(MONITOR_PAUSE_MS); // a turn runs, so nothing can be reported
  expect(ready()).toBe(2);
  expect(notifications.isMonitorDue()).toBe(true);
});

test('the end of a monitor does not wait for the pause', () => {
  const { clock, notifications, speak, deliver } = setUp();
  speak();
  clock.advance(500);
  deliver();
  speak('ended');
  clock.advance(50);
  expect(notifications.isMonitorDue()).toBe(true);
});

test('lines of a turn that could not start are reported with the next turn, and start no turn themselves', () => {
  const { clock, notifications, speak, ready, taken } = setUp();
  speak();
  clock.advance(500);
  notifications.collectMonitored(); // the turn could not start
  speak();
  clock.advance(60_000);
  expect([ready(), taken(), notifications.isEmpty()]).toEqual([1, 1, false]);
  expect(notifications.collectMonitored().flatMap((notice) => notice.lines)).toEqual(['take 1']);
});
