import { expect, test } from 'vitest';
import { readHeader } from './record-chain.ts';

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
