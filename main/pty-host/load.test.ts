import { expect, test } from 'vitest';
import { createLoad, FLOOD_TURN_MS, TURN_MS } from './load.ts';

const MIB = 1024 * 1024;

test('a flood lasts while all tasks together write more than 8 MiB a second', () => {
  let now = 0;
  const load = createLoad(() => now);
  for (const add of [MIB, MIB]) {
    now += 60;
    load.add(add);
  }
  expect(load.isFlood).toBe(true);
  now += 1000;
  expect(load.isFlood).toBe(false);
});

test('a flood is detected as soon as enough bytes have arrived', () => {
  const load = createLoad(() => 0);
  load.add(MIB / 2);
  expect(load.isFlood).toBe(false);
  load.add(MIB / 2);
  expect(load.isFlood).toBe(true);
});

test('one mirror parses at a time', () => {
  let now = 0;
  const load = createLoad(() => now);
  expect([load.mayParse(), load.mayParse()]).toEqual([true, false]);
  now += TURN_MS;
  expect(load.mayParse()).toBe(true);
});

test('mirrors get fewer turns during a flood', () => {
  let now = 0;
  const load = createLoad(() => now);
  load.mayParse();
  load.add(MIB);
  now += TURN_MS;
  expect(load.mayParse()).toBe(false);
  now = FLOOD_TURN_MS;
  expect(load.mayParse()).toBe(true);
});
