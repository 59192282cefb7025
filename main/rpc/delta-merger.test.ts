import { expect, test } from 'vitest';
import { type EventData, type HostEvent, ItemId, SessionId } from '../../preload/contract/index.ts';
import { createDeltaMerger } from './delta-merger.ts';

function setUp() {
  const sent: HostEvent[] = [];
  const timers = new Set<() => void>();
  const merger = createDeltaMerger(
    (event) => void sent.push(event),
    (_ms, run) => (timers.add(run), () => void timers.delete(run)),
  );
  const tick = () => {
    for (const run of [...timers]) run();
  };
  return {
    merger,
    sent,
    timers,
    tick,
    texts: () => sent.map((event) => (event.event === 'message.delta' ? event.data.text : event.event)),
  };
}

const delta = (text: string, offsetChars: number, over: Partial<EventData<'message.delta'>> = {}): HostEvent => ({
  event: 'message.delta',
  data: { sessionId: SessionId.parse('s'), itemId: ItemId.parse('i'), part: 'text', offsetChars, text, ...over },
});

test('consecutive pieces are one delta, sent after the merge interval', () => {
  const { merger, sent, timers, tick } = setUp();
  merger.push(delta('ab', 0));
  merger.push(delta('c', 2));
  merger.push(delta('d', 3));
  expect([sent, timers.size]).toEqual([[], 1]);
  tick();
  expect(sent).toEqual([delta('abcd', 0)]);
});

test.each<[string, HostEvent]>([
  ['after a gap', delta('c', 3)],
  ['from before', delta('c', 1)],
  ['of another item', delta('c', 2, { itemId: ItemId.parse('other') })],
  ['of another part', delta('c', 2, { part: 'thinking' })],
  ['of another session', delta('c', 2, { sessionId: SessionId.parse('other') })],
])('a piece %s is a separate delta', (_which, next) => {
  const { merger, sent, tick } = setUp();
  merger.push(delta('ab', 0));
  merger.push(next);
  tick();
  expect(sent).toEqual([delta('ab', 0), next]);
});

test('any other event first sends the pending text', () => {
  const { merger, texts, timers } = setUp();
  merger.push(delta('ab', 0));
  merger.push({ event: 'settings.changed', data: {} });
  expect([texts(), timers.size]).toEqual([['ab', 'settings.changed'], 0]);
});

test('nothing is sent after the end, and no timer is left', () => {
  const { merger, sent, timers } = setUp();
  merger.push(delta('ab', 0));
  merger.close();
  merger.push({ event: 'settings.changed', data: {} });
  expect([sent.filter(({ event }) => event === 'message.delta'), timers.size]).toEqual([[], 0]);
});
