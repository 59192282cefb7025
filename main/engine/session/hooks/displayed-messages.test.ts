import { expect, test } from 'vitest';
import { ItemId } from '../../../../preload/contract/index.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import type { TurnOutput } from '../../turn/turn-output.ts';
import { tellDisplayed } from './displayed-messages.ts';

const ID = ItemId.parse('m1');
const delta = (offsetChars: number, text: string): TurnOutput => ({ kind: 'delta', itemId: ID, part: 'text', offsetChars, text });
const ended = (text: string): TurnOutput => ({
  kind: 'item_changed',
  item: { kind: 'assistant', id: ID, text, thinking: '', model: 'm', createdAtMs: 0, streaming: false },
});

async function* of(...outputs: readonly TurnOutput[]): AsyncGenerator<TurnOutput, void> {
  yield* outputs;
}

test('all of a message so far is told at most every 200 ms, and its end always', async () => {
  const clock = createManualClock();
  const told: unknown[] = [];
  const tell = async (fields: Readonly<Record<string, unknown>>) => void told.push([fields['displayed_text'], fields['is_final']]);
  const passed: TurnOutput[] = [];
  for await (const output of tellDisplayed(of(delta(0, 'All '), delta(4, 'is '), delta(7, 'well'), ended('All is well')), tell, clock)) {
    passed.push(output);
    clock.advance(output.kind === 'delta' && output.text === 'is ' ? 200 : 10);
  }
  expect(told).toEqual([
    ['All ', false],
    ['All is well', false],
    ['All is well', true],
  ]);
  expect(passed).toHaveLength(4);
});

test('who is slow hears nothing in between, and is not waited for longer than 5 s', async () => {
  const clock = createManualClock();
  const told: unknown[] = [];
  const tell = (fields: Readonly<Record<string, unknown>>) => {
    told.push(fields['is_final']);
    return new Promise(() => undefined);
  };
  const outputs = tellDisplayed(of(delta(0, 'a'), delta(1, 'b'), delta(2, 'c'), ended('abc')), tell, clock);
  for (let at = 0; at < 3; at += 1) {
    await outputs.next();
    clock.advance(300);
  }
  const last = outputs.next();
  await new Promise((next) => setImmediate(next));
  expect(told).toEqual([false]);
  clock.advance(5000);
  await last;
  expect(told).toEqual([false, true]);
});

test('the end is told after a part that is still being told, so that it is not overtaken', async () => {
  const told: unknown[] = [];
  const part = Promise.withResolvers<void>();
  const tell = async (fields: Readonly<Record<string, unknown>>) => {
    if (fields['is_final'] !== true) await part.promise;
    told.push(fields['displayed_text']);
  };
  const outputs = tellDisplayed(of(delta(0, 'a'), ended('ab')), tell, createManualClock());
  await outputs.next();
  const last = outputs.next();
  await new Promise((next) => setImmediate(next));
  expect(told).toEqual([]);
  part.resolve();
  await last;
  expect(told).toEqual(['a', 'ab']);
});

test('a long text is given again once it has grown by a quarter, so that a huge answer is not copied every 200 ms', async () => {
  const clock = createManualClock();
  const lengths: unknown[] = [];
  const tell = async (fields: Readonly<Record<string, unknown>>) => void lengths.push(String(fields['displayed_text']).length / 100_000);
  const deltas = Array.from({ length: 16 }, (_unused, at) => delta(at * 100_000, 'x'.repeat(100_000)));
  for await (const _output of tellDisplayed(of(...deltas), tell, clock)) clock.advance(200);
  expect(lengths).toEqual([1, 2, 3, 4, 5, 7, 9, 12, 15]);
});
