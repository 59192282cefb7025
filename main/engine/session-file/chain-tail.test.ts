import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ChainPosition, readTail, type TailSegment } from './chain-tail.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-chain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = (uuid: string, parentUuid: string | null, type = 'user', subtype?: string) => ({ uuid, parentUuid, type, subtype });
type Header = ReturnType<typeof record>;

/** The ids of the chain, oldest first, and the number of its gaps. */
const read = (...records: readonly (Header | string)[]): Promise<[string, number]> => readInSteps(Infinity, records);

/** The same, read in segments of this many records. */
async function readInSteps(step: number, records: readonly (Header | string)[]): Promise<[string, number]> {
  const path = join(folder, 'records.jsonl');
  writeFileSync(path, records.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join(''));
  const file = await open(path, 'r');
  const { size } = await file.stat();
  let uuids = '';
  let gaps = 0;
  for (let next: ChainPosition | undefined = { endOffset: size, wanted: undefined }; next !== undefined; ) {
    let count = 0;
    const segment: TailSegment = await readTail(file, next, () => (count += 1) >= step);
    uuids = segment.records.map((each) => each.record.uuid).join('') + uuids;
    gaps += segment.gaps;
    next = segment.before;
  }
  await file.close();
  return [uuids, gaps];
}

test('the chain leads from the first record to the last one', async () => {
  expect(await read(record('a', null), record('b', 'a'), record('c', 'b'))).toEqual(['abc', 0]);
  expect(await read()).toEqual(['', 0]);
});

test('turns cut off by a rewind are not in the chain', async () => {
  expect(await read(record('a', null), record('b', 'a'), record('c', 'b'), record('r', 'a', 'system', 'rewind'), record('d', 'r'))).toEqual(
    ['ard', 0],
  );
  expect(await read(record('a', null), record('r', null, 'system', 'rewind'), record('b', 'r'))).toEqual(['rb', 0]);
});

test('if a parent is missing, the chain continues with the previous record and counts a gap', async () => {
  expect(await read(record('a', null), record('s', null, 'system'), record('b', 'gone'), record('c', 'b'))).toEqual(['abc', 1]);
  expect(await read(record('b', 'gone'), record('c', 'b'))).toEqual(['bc', 0]);
  expect(await read(record('a', null), record('b', 'a'), record('c', null), record('d', ''))).toEqual(['abcd', 2]);
});

test('a cycle is cut, and records before it are kept', async () => {
  expect(await read(record('x', null), record('a', 'b'), record('b', 'a'))).toEqual(['xab', 1]);
});

test('a record that is stored before its parent follows it, also if it is the last one of the conversation', async () => {
  expect(await read(record('a', null), record('c', 'b'), record('b', 'a'))).toEqual(['abc', 0]);
  expect(await read(record('a', null), record('e', 'd'), record('c', 'b'), record('d', 'c'), record('b', 'a'))).toEqual(['abcde', 0]);
});

test('a segment does not end between a record and its parent that is stored after it', async () => {
  const records = [record('a', null), record('c', 'b'), record('b', 'a'), record('d', 'c')];
  for (const step of [1, 2, 3]) expect(await readInSteps(step, records)).toEqual(['abcd', 0]);
});

test('a record without a reachable parent is inserted at its position, a record of an abandoned branch is not', async () => {
  const rewind = record('r', 'a', 'system', 'rewind');
  expect(await read(record('a', null), record('x', 'a'), rewind, record('e', 'gone'), record('b', 'r'))).toEqual(['areb', 1]);
  const anew = record('r', null, 'system', 'rewind');
  expect(await read(record('a', null), record('x', 'gone'), anew, record('b', 'r'))).toEqual(['rb', 0]);
});

test('a system record without a parent is detached from the chain after other records, but is the chain if it is alone', async () => {
  expect(await read(record('a', null), record('s', null, 'system'))).toEqual(['a', 0]);
  expect(await read(record('s', null, 'system'))).toEqual(['s', 0]);
  expect(await read('damaged', record('s', null, 'system'), record('t', null, 'system'))).toEqual(['s', 0]);
});
