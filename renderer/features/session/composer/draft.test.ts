import { expect, test } from 'vitest';
import { readDraft, writeDraft } from './draft.ts';

function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    clear: () => values.clear(),
    getItem: (key) => values.get(key) ?? null,
    key: (at) => [...values.keys()][at] ?? null,
    removeItem: (key) => void values.delete(key),
    setItem: (key, value) => void values.set(key, value),
  };
}

const blocked = () => {
  throw new DOMException('Access is denied', 'SecurityError');
};

test('a draft is kept for each session', () => {
  const storage = memoryStorage();
  writeDraft(storage, 'a', 'one');
  writeDraft(storage, 'b', 'two');
  expect([readDraft(storage, 'a'), readDraft(storage, 'b'), readDraft(storage, 'c')]).toEqual(['one', 'two', '']);
});

test('an empty draft leaves nothing in the storage', () => {
  const storage = memoryStorage();
  writeDraft(storage, 'a', 'one');
  writeDraft(storage, 'a', '');
  expect(storage.length).toBe(0);
});

test('full or blocked storage does not throw', () => {
  const storage: Storage = { ...memoryStorage(), getItem: blocked, setItem: blocked, removeItem: blocked };
  writeDraft(storage, 'a', 'one');
  writeDraft(storage, 'a', '');
  expect(readDraft(storage, 'a')).toBe('');
});
