import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AssistantItem, type HostEvent, ItemId, SessionId, type TranscriptItem } from '../../preload/contract/index.ts';
import { createDeltaMerger } from './delta-merger.ts';
import { boundEvent, boundItem } from './row-bounds.ts';

const ID = ItemId.parse('a');
const SESSION = SessionId.parse('s');
const MAX = 10;

function answer(text: string, thinking = ''): AssistantItem {
  return { kind: 'assistant', id: ID, text, thinking, model: 'm', createdAtMs: 0, streaming: true };
}

test('a row is cut between characters and says how much is omitted', () => {
  expect(boundItem(answer('123456789\u{1f600}x', 'short'), MAX)).toEqual({
    ...answer('123456789', 'short'),
    omittedChars: { text: 3, thinking: 0 },
  });
  const user: TranscriptItem = { kind: 'user', id: ID, text: 'x'.repeat(11), createdAtMs: 0, omittedChars: { text: 100 } };
  expect(boundItem(user, MAX)).toEqual({ ...user, text: 'x'.repeat(10), omittedChars: { text: 101 } });
  const short = answer('1234567890');
  expect(boundItem(short, MAX)).toBe(short);
});

test('the arguments of a call stay with the host', () => {
  const call: TranscriptItem = {
    kind: 'tool',
    id: ID,
    name: 'write_file',
    toolKind: 'edit',
    verb: 'write',
    target: 'a',
    status: 'running',
    startedAtMs: 0,
    input: { content: 'x' },
    display: { kind: 'none' },
  };
  expect(boundItem(call, MAX)).not.toHaveProperty('input');
});

test('deltas, however they are cut and merged, have the same text as the row', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 7 }), { maxLength: 12 }), (texts) => {
      const sent: HostEvent[] = [];
      let flush = () => {};
      const merger = createDeltaMerger(
        (event) => sent.push(event),
        (_ms, run) => {
          flush = run;
          return () => {};
        },
      );
      let whole = '';
      for (const text of texts) {
        merger.push(
          boundEvent(
            { event: 'message.delta', data: { sessionId: SESSION, itemId: ID, part: 'text', offsetChars: whole.length, text } },
            MAX,
          ),
        );
        whole += text;
      }
      flush();
      let shown = '';
      let omitted = 0;
      for (const event of sent) {
        if (event.event !== 'message.delta') continue;
        const { offsetChars, text, omittedChars = 0 } = event.data;
        expect(offsetChars).toBe(shown.length + omitted);
        shown += text;
        omitted += omittedChars;
      }
      const row = boundItem(answer(whole), MAX);
      expect([shown, omitted]).toEqual([
        row.kind === 'assistant' ? row.text : '',
        row.kind === 'assistant' ? (row.omittedChars?.text ?? 0) : 0,
      ]);
    }),
  );
});

test('a notice is cut, and so is a row that is added or changed', () => {
  const notice: TranscriptItem = { kind: 'notice', id: ID, createdAtMs: 0, level: 'quiet', text: 'x'.repeat(11), detail: 'y'.repeat(12) };
  const bounded = { ...notice, text: 'x'.repeat(10), detail: 'y'.repeat(10) };
  expect(boundItem(notice, MAX)).toEqual(bounded);
  for (const event of ['item.added', 'item.changed'] as const) {
    expect(boundEvent({ event, data: { sessionId: SESSION, seq: 1, item: notice } }, MAX)).toEqual({
      event,
      data: { sessionId: SESSION, seq: 1, item: bounded },
    });
  }
});
