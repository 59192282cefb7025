import { expect, test } from 'vitest';
import { createEventLog } from './event-log.ts';
import { createEventStream } from './event-stream.ts';

const clock = { now: () => 1000, after: () => () => {} };
const NEW = { lastEventId: undefined, isOtherEpoch: false };

test('a stream that its reader cancels receives no more events', async () => {
  const log = createEventLog();
  const timers = new Set<() => void>();
  const counting = { now: () => 0, after: (_ms: number, run: () => void) => (timers.add(run), () => void timers.delete(run)) };
  const reader = createEventStream(log, counting, NEW, new AbortController().signal).getReader();
  expect(timers.size).toBe(1);
  await reader.cancel();
  expect(() => log.append('x', () => '{}')).not.toThrow();
  expect(timers.size).toBe(0);
});

test('a client is notified that older events are lost, and receives heartbeats', async () => {
  const log = createEventLog({ events: 2, chars: 1000 });
  for (let count = 0; count < 5; count += 1) log.append('x', (id) => String(id));
  const timers: (() => void)[] = [];
  const beating = { now: () => 0, after: (_ms: number, run: () => void) => (timers.push(run), () => undefined) };
  const stop = new AbortController();
  const stream = createEventStream(log, beating, { lastEventId: 1, isOtherEpoch: false }, stop.signal);
  timers.shift()?.();
  timers.shift()?.();
  stop.abort();
  const text = await new Response(stream).text();
  expect(text).toContain('"type":"state_resync_required","data":{"reason":"ring_evicted","lastDeliveredId":1,"earliestAvailableId":4}');
  expect(text.match(/: heartbeat/g)).toHaveLength(2);
});

test('a log keeps the latest events and reports lost older ones', () => {
  const log = createEventLog({ events: 3, chars: 1000 });
  for (let count = 0; count < 5; count += 1) log.append('x', (id) => String(id));
  expect(log.after(3)).toEqual({ events: [4, 5].map((id) => ({ id, type: 'x', json: String(id) })), isCut: false });
  expect(log.after(1)).toMatchObject({ events: [{ id: 3 }, { id: 4 }, { id: 5 }], isCut: true });
  expect(log.after(2).isCut).toBe(false);
  expect(log.after(99)).toEqual({ events: [], isCut: false });
});

test('a client that reads nothing is disconnected with a reason', async () => {
  const log = createEventLog();
  const stream = createEventStream(log, clock, NEW, new AbortController().signal);
  const big = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 10; count += 1) log.append('big', () => big);
  const text = await new Response(stream).text();
  expect(text.length).toBeLessThan(9 * 1024 * 1024);
  expect(text).toMatch(/event: client_evicted\ndata: .*"reason":"too slow".*\n\n$/);
});

test('a log drops its oldest events when it is too large, and keeps the latest', () => {
  const log = createEventLog({ events: 10, chars: 100 });
  for (const length of [40, 40, 40]) log.append('x', () => 'x'.repeat(length));
  expect(log.after(0)).toMatchObject({ events: [{ id: 2 }, { id: 3 }], isCut: true });
  log.append('x', () => 'x'.repeat(200));
  expect(log.after(3)).toMatchObject({ events: [{ id: 4 }], isCut: false });
});

test.each([
  { given: { lastEventId: 9, isOtherEpoch: false }, what: 'an id that was never sent' },
  { given: { lastEventId: 1, isOtherEpoch: true }, what: 'the epoch of an earlier server' },
])('a client with $what starts again', async ({ given }) => {
  const log = createEventLog();
  log.append('x', () => '"first"');
  const stop = new AbortController();
  const stream = createEventStream(log, clock, given, stop.signal);
  stop.abort();
  const text = await new Response(stream).text();
  expect(text).toContain('"reason":"epoch_reset"');
  expect(text).toContain('"first"');
});
