import { expect, test } from 'vitest';
import { mergeSettings } from './merge-settings.ts';

test('objects merge key by key and a higher layer wins', () => {
  expect(mergeSettings([{ a: { x: 1, y: 1 } }, { a: { y: 2 } }, { b: 3 }])).toEqual({ a: { x: 1, y: 2 }, b: 3 });
});

test('permission lists add up, other lists are replaced', () => {
  const low = { permissions: { allow: ['a', 'b'] }, modelProviders: { openai: [1] } };
  const high = { permissions: { allow: ['b', 'c'] }, modelProviders: { openai: [2] } };
  expect(mergeSettings([low, high])).toEqual({ permissions: { allow: ['a', 'b', 'c'] }, modelProviders: { openai: [2] } });
});

test('a file cannot reach the prototype of objects', () => {
  mergeSettings([{}, JSON.parse('{"__proto__": {"polluted": true}}')]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});
