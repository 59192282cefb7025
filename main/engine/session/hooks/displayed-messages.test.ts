import { expect, test } from 'vitest';
import { ItemId } from '../../../../preload/contract/index.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import type { TurnOutput } from '../../turn/turn-output.ts';
import { reportDisplayed } from './displayed-messages.ts';

const ID = ItemId.parse('m1');
const delta = (offsetChars: number, text: string): TurnOutput => ({ kind: 'delta', itemId: ID, part: 'text', offsetChars, text });
const ended = (text: string): TurnOutput => ({
  kind: 'item_changed',
  item: { kind: 'assistant', id: ID, text, thinking: '', model: 'm', createdAtMs: 0, streaming: false },
});

async function* of(...outputs: readonly TurnOutput[]): AsyncGenerator<TurnOutput, void> {
  yield* outputs;
}

test('the message so far is reported at most every 200 ms, and its end always', async () => {
  const clock = createManualClock();
  const reported: unknown[] = [];
  const report = async (fields: Readonly<Record<string, unknown>>) => void reported.push([fields['displayed_text'], fields['is_final']]);
  const passed: TurnOutput[] = [];
  for await (const output of reportDisplayed(
    of(delta(0, 'All '), delta(4, 'is '), delta(7, 'well'), ended('All is well')),
    report,
    clock,
  )) {
    passed.push(output);
    clock.advance(output.kind === 'delta' && output.text === 'is ' ? 200 : 10);
  }
  expect(reported).toEqual([
    ['All ', false],
    ['All is well', false],
    ['All is well', true],
  ]);
  expect(passed).toHaveLength(4);
});

test('a slow hook receives no reports in between, and the turn waits for it at most 5 s', async () => {
  const clock = createManualClock();
  const reported: unknown[] = [];
  const report = (fields: Readonly<Record<string, unknown>>) => {
    reported.push(fields['is_final']);
    return new Promise(() => undefined);
  };
  const outputs = reportDisplayed(of(delta(0, 'a'), delta(1, 'b'), delta(2, 'c'), ended('abc')), report, clock);
  for (let at = 0; at < 3; at += 1) {
    await outputs.next();
    clock.advance(300);
  }
  const last = outputs.next();
  await new Promise((next) => setImmediate(next));
  expect(reported).toEqual([false]);
  clock.advance(5000);
  await last;
  expect(reported).toEqual([false, true]);
});

test('the final report waits for a partial report that is still running', async () => {
  const reported: unknown[] = [];
  const part = Promise.withResolvers<void>();
  const report = async (fields: Readonly<Record<string, unknown>>) => {
    if (fields['is_final'] !== true) await part.promise;
    reported.push(fields['displayed_text']);
  };
  const outputs = reportDisplayed(of(delta(0, 'a'), ended('ab')), report, createManualClock());
  await outputs.next();
  const last = outputs.next();
  await new Promise((next) => setImmediate(next));
  expect(reported).toEqual([]);
  part.resolve();
  await last;
  expect(reported).toEqual(['a', 'ab']);
});

test('a long text is reported again once it has grown by a quarter, so that a huge answer is not copied every 200 ms', async () => {
  const clock = createManualClock();
  const lengths: unknown[] = [];
  const report = async (fields: Readonly<Record<string, unknown>>) => void lengths.push(String(fields['displayed_text']).length / 100_000);
  const deltas = Array.from({ length: 16 }, (_unused, at) => delta(at * 100_000, 'x'.repeat(100_000)));
  for await (const _output of reportDisplayed(of(...deltas), report, clock)) clock.advance(200);
  expect(lengths).toEqual([1, 2, 3, 4, 5, 7, 9, 12, 15]);
});
