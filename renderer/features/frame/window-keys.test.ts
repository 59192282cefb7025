import { expect, test } from 'vitest';
import { KeyChord } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';
import { FIXED_KEYS, TAKEN_CHORDS } from './window-keys.ts';

test('a reserved chord is written like a pressed key, so that it is recognised', () => {
  expect([...TAKEN_CHORDS.keys()].filter((chord) => !KeyChord.safeParse(chord).success)).toEqual([]);
  expect(['Ctrl+J', 'Ctrl+,', 'Ctrl+C', 'Ctrl+Shift+F', 'Escape'].filter((chord) => !TAKEN_CHORDS.has(chord))).toEqual([]);
  expect(TAKEN_CHORDS.has('Ctrl+B')).toBe(false);
});

test('every key in the list has one description', () => {
  expect(new Set(FIXED_KEYS.map(({ label }) => label)).size).toBe(FIXED_KEYS.length);
  expect(FIXED_KEYS.every(({ does }) => t(does) !== '')).toBe(true);
});
