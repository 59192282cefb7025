// @vitest-environment jsdom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useNow } from './use-now.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  hide(false);
});

const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
const hide = (hidden: boolean) =>
  act(() => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
    document.dispatchEvent(new Event('visibilitychange'));
  });

test('equal intervals share one timer, which ends with the last of them', () => {
  const first = renderHook(() => useNow(1000));
  pass(400);
  const second = renderHook(() => useNow(1000));
  expect(vi.getTimerCount()).toBe(1);
  pass(600);
  expect(second.result.current).toBe(first.result.current);
  expect(second.result.current).toBe(Date.now());
  first.unmount();
  expect(vi.getTimerCount()).toBe(1);
  second.unmount();
  expect(vi.getTimerCount()).toBe(0);
});

test('nothing ticks while the window is hidden, and the time is right when it is shown again', () => {
  const { result } = renderHook(() => useNow(1000));
  const before = result.current;
  hide(true);
  expect(vi.getTimerCount()).toBe(0);
  pass(60_000);
  expect(result.current).toBe(before);
  hide(false);
  expect(result.current).toBe(Date.now());
  expect(vi.getTimerCount()).toBe(1);
});

test('without `active` there is no timer', () => {
  renderHook(() => useNow(1000, false));
  expect(vi.getTimerCount()).toBe(0);
});
