import { expect, test } from 'vitest';
import { KeyChord } from '../../../preload/contract/index.ts';
import { chordLabel, chordOf, chordProblem, chordSpoken, type KeyPress } from './key-chord.ts';

const press = (key: string, over: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  ...over,
});

test.each([
  ['Ctrl+B', press('b', { ctrlKey: true })],
  ['Ctrl+B', press('и', { code: 'KeyB', ctrlKey: true })],
  ['Alt+B', press('∫', { code: 'KeyB', altKey: true })],
  ['Ctrl+Alt+Shift+Meta+M', press('M', { ctrlKey: true, altKey: true, shiftKey: true, metaKey: true })],
  ['Ctrl+Shift+1', press('!', { code: 'Digit1', ctrlKey: true, shiftKey: true })],
  ['Ctrl++', press('+', { code: 'Equal', ctrlKey: true })],
  ['F9', press('F9')],
  ['Ctrl+Space', press(' ', { code: 'Space', ctrlKey: true })],
])('%s is read from a pressed key and matches the format of the settings', (chord, pressed) => {
  expect(chordOf(pressed)).toBe(chord);
  expect(KeyChord.safeParse(chord).success).toBe(true);
});

test('a modifier alone is not a chord, and the settings accept no other format', () => {
  expect([chordOf(press('Control', { ctrlKey: true })), chordOf(press('Dead'))]).toEqual([undefined, undefined]);
  expect(['', 'Ctrl+', 'Shift+Ctrl+B', 'Ctrl+b', 'Ctrl+B C', 'Ctrl+Ctrl+B'].filter((wrong) => KeyChord.safeParse(wrong).success)).toEqual(
    [],
  );
});

test('chords are written as on buttons and spoken with full names', () => {
  expect([chordLabel('Ctrl+Shift+F9'), chordLabel('Ctrl++'), chordSpoken('Ctrl+B')]).toEqual(['Ctrl ⇧ F9', 'Ctrl +', 'Control B']);
});

test('a key that would type text and a key in use are refused, others are accepted', () => {
  const taken = new Map([['Ctrl+J', 'Tasks panel']]);
  expect(chordProblem('B', taken)).toEqual({ kind: 'plain' });
  expect(chordProblem('Shift+Enter', taken)).toEqual({ kind: 'plain' });
  expect(chordProblem('Ctrl+J', taken)).toEqual({ kind: 'taken', by: 'Tasks panel' });
  expect(['Ctrl+M', 'Alt+B', 'F9', 'Shift+F9', 'Ctrl++'].filter((free) => chordProblem(free, taken) !== undefined)).toEqual([]);
});
