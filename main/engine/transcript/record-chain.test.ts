import { expect, test } from 'vitest';
import { findLeaf, readHeader, walkChain } from './record-chain.ts';

const record = (uuid: string, parentUuid: string | null, type = 'user') => ({ uuid, parentUuid, type });

test('the chain leads from the first record to the leaf', () => {
  const headers = [record('a', null), record('b', 'a'), record('c', 'b')];
  expect(walkChain(headers, findLeaf(headers)).uuids).toEqual(['a', 'b', 'c']);
});

test('turns cut off by a rewind are not in the chain', () => {
  const headers = [record('a', null), record('b', 'a'), record('c', 'b'), record('r', 'a', 'system'), record('d', 'r')];
  expect(walkChain(headers, findLeaf(headers)).uuids).toEqual(['a', 'r', 'd']);
});

test('if a parent is missing, the chain continues with the previous record and counts a gap', () => {
  const headers = [record('a', null), record('side', null, 'system'), record('b', 'gone'), record('c', 'b')];
  expect(walkChain(headers, 'c')).toEqual({ uuids: ['a', 'b', 'c'], gaps: 1 });
  expect(walkChain([record('b', 'gone'), record('c', 'b')], 'c')).toEqual({ uuids: ['b', 'c'], gaps: 0 });
});

test('a cycle is cut, and records before it are kept', () => {
  expect(walkChain([record('a', 'c'), record('b', 'a'), record('c', 'b')], 'c').uuids).toEqual(['a', 'b', 'c']);
  expect(walkChain([record('x', null), record('a', 'b'), record('b', 'a')], 'b')).toEqual({ uuids: ['x', 'a', 'b'], gaps: 1 });
});

test('the leaf is found if a child is stored before its parent, and a lost parent does not hide earlier records', () => {
  const swapped = [record('a', null), record('c', 'b'), record('b', 'a')];
  expect(walkChain(swapped, findLeaf(swapped)).uuids).toEqual(['a', 'b', 'c']);
  const lost = [record('a', null), record('b', 'a'), record('c', null), record('d', '')];
  expect(walkChain(lost, findLeaf(lost))).toEqual({ uuids: ['a', 'b', 'c', 'd'], gaps: 2 });
  const begun = [record('a', null), { ...record('r', null, 'system'), subtype: 'rewind' }, record('b', 'r')];
  expect(walkChain(begun, findLeaf(begun))).toEqual({ uuids: ['r', 'b'], gaps: 0 });
});

test('a record without a reachable parent is inserted at its position, a record of an abandoned branch is not', () => {
  const headers = [record('a', null), record('dead', 'a'), record('r', 'a', 'system'), record('e', 'gone'), record('b', 'r')];
  expect(walkChain(headers, 'b')).toEqual({ uuids: ['a', 'r', 'e', 'b'], gaps: 1 });
  const anew = [record('a', null), record('x', 'gone'), { ...record('r', null, 'system'), subtype: 'rewind' }, record('b', 'r')];
  expect(walkChain(anew, 'b')).toEqual({ uuids: ['r', 'b'], gaps: 0 });
});

test('a system record without a parent is detached from the chain after other records, but is the leaf if it is alone', () => {
  expect(findLeaf([record('a', null), record('side', null, 'system')])).toBe('a');
  expect(findLeaf([record('side', null, 'system')])).toBe('side');
  expect(findLeaf([])).toBe(null);
});

test('a header is read from any record with a uuid and a type, including its title', () => {
  expect(readHeader('{"uuid":"a","parentUuid":null,"type":"x","more":1}')).toEqual({ uuid: 'a', parentUuid: null, type: 'x' });
  expect(readHeader('{"uuid":"t","type":"system","subtype":"custom_title","systemPayload":{"customTitle":"Name"}}')).toEqual({
    uuid: 't',
    parentUuid: '',
    type: 'system',
    subtype: 'custom_title',
    customTitle: 'Name',
  });
});

test.each(['', '  ', '{"uuid":"a","ty', '[]', 'null', '{"type":"user"}'])('%j is skipped', (line) => {
  expect(readHeader(line)).toBeUndefined();
});
