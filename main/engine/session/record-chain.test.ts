import { expect, test } from 'vitest';
import { findLeaf, readHeader, walkChain } from './record-chain.ts';

const record = (uuid: string, parentUuid: string | null, type = 'user') => ({ uuid, parentUuid, type });

test('the chain leads from the first record to the leaf', () => {
  const headers = [record('a', null), record('b', 'a'), record('c', 'b')];
  expect(walkChain(headers, findLeaf(headers))).toEqual(['a', 'b', 'c']);
});

test('turns cut off by a rewind are not in the chain', () => {
  const headers = [record('a', null), record('b', 'a'), record('c', 'b'), record('r', 'a', 'system'), record('d', 'r')];
  expect(walkChain(headers, findLeaf(headers))).toEqual(['a', 'r', 'd']);
});

test('a missing parent begins the chain', () => {
  expect(walkChain([record('b', 'gone'), record('c', 'b')], 'c')).toEqual(['b', 'c']);
});

test('a cycle ends', () => {
  expect(walkChain([record('a', 'c'), record('b', 'a'), record('c', 'b')], 'c')).toEqual(['a', 'b', 'c']);
});

test('a system record without a parent behind others is beside the chain, alone it is the leaf', () => {
  expect(findLeaf([record('a', null), record('side', null, 'system')])).toBe('a');
  expect(findLeaf([record('side', null, 'system')])).toBe('side');
  expect(findLeaf([])).toBe(null);
});

test('a header is read from any record with a uuid and a type, with the title it carries', () => {
  expect(readHeader('{"uuid":"a","parentUuid":null,"type":"x","more":1}')).toEqual({ uuid: 'a', parentUuid: null, type: 'x' });
  expect(readHeader('{"uuid":"t","type":"system","subtype":"custom_title","systemPayload":{"customTitle":"Name"}}')).toEqual({
    uuid: 't',
    parentUuid: null,
    type: 'system',
    subtype: 'custom_title',
    customTitle: 'Name',
  });
});

test.each(['', '  ', '{"uuid":"a","ty', '[]', 'null', '{"type":"user"}'])('%j is skipped', (line) => {
  expect(readHeader(line)).toBeUndefined();
});
