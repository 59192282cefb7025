import { expect, test } from 'vitest';
import { AT_DRAFT, walkHistory } from './prompt-history.ts';

const PROMPTS = ['newest', 'older'];

test('Up and Down return to the draft', () => {
  const first = walkHistory(AT_DRAFT, PROMPTS, 'older', 'my draft');
  expect(first?.text).toBe('newest');
  const second = walkHistory(first?.place ?? AT_DRAFT, PROMPTS, 'older', 'newest');
  expect(second?.text).toBe('older');
  expect(walkHistory(second?.place ?? AT_DRAFT, PROMPTS, 'older', 'older')).toBeUndefined();
  const back = walkHistory(second?.place ?? AT_DRAFT, PROMPTS, 'newer', 'older');
  expect(back?.text).toBe('newest');
  expect(walkHistory(back?.place ?? AT_DRAFT, PROMPTS, 'newer', 'newest')).toEqual({ place: AT_DRAFT, text: 'my draft' });
});

test('Down does nothing at the draft, and Up does nothing without prompts', () => {
  expect(walkHistory(AT_DRAFT, PROMPTS, 'newer', 'x')).toBeUndefined();
  expect(walkHistory(AT_DRAFT, [], 'older', 'x')).toBeUndefined();
});
