import { expect, test } from 'vitest';
import { createForgivingStore } from './forgiving-store.ts';

interface State {
  theme: string;
  width: number;
}

const DEFAULTS: State = { theme: 'system', width: 800 };
const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};

test('a store that cannot be opened has the defaults, and keeps values for this run', () => {
  const store = createForgivingStore<State>(full, DEFAULTS);
  expect(store.get('theme')).toBe('system');
  store.set('theme', 'dark');
  expect([store.get('theme'), store.get('width')]).toEqual(['dark', 800]);
});

test('a value that cannot be written applies for this run; the file is still read', () => {
  const store = createForgivingStore<State>(
    () => ({ get: (key) => ({ theme: 'light', width: 1000 })[key] as State[typeof key], set: full }),
    DEFAULTS,
  );
  store.set('theme', 'dark');
  expect([store.get('theme'), store.get('width')]).toEqual(['dark', 1000]);
});
