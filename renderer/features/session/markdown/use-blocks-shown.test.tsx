import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FRAME_CHARS, useBlocksShown, WHOLE_CHARS } from './use-blocks-shown.ts';

let frames: (FrameRequestCallback | undefined)[] = [];
beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => frames.push(run) - 1);
  vi.stubGlobal('cancelAnimationFrame', (id: number) => void (frames[id] = undefined));
});
afterEach(() => vi.unstubAllGlobals());

const drawFrame = () => act(() => frames.splice(0).forEach((run) => run?.(0)));
const blocks = (...lengths: readonly number[]) => lengths.map((length) => 'x'.repeat(length));
const HALF = FRAME_CHARS / 2;

test('a text of normal length is rendered at once, with its additions', () => {
  const { result, rerender } = renderHook(useBlocksShown, { initialProps: blocks(10, WHOLE_CHARS - 20, 10) });
  expect(result.current).toBe(3);
  rerender(blocks(10, WHOLE_CHARS - 20, 10, 10));
  expect(result.current).toBe(4);
  drawFrame();
  expect(result.current).toBe(4);
});

test('a long text is rendered over several frames, and a block longer than a frame does not stop it', () => {
  const { result } = renderHook(useBlocksShown, { initialProps: blocks(HALF, HALF, HALF, 3 * HALF, 3 * HALF, 1) });
  const seen = [result.current];
  for (let frame = 0; frame < 4; frame += 1) {
    drawFrame();
    seen.push(result.current);
  }
  expect(seen).toEqual([2, 3, 4, 5, 6]);
});

test('rendered blocks stay when text is added, and a shorter text replaces them', () => {
  const { result, rerender } = renderHook(useBlocksShown, { initialProps: blocks(HALF, HALF) });
  drawFrame();
  rerender(blocks(...Array.from({ length: 8 }, () => HALF)));
  expect(result.current).toBe(4);
  rerender(blocks(1));
  expect(result.current).toBe(1);
});
