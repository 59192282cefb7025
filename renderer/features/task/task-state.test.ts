import { expect, test } from 'vitest';
import { createSeenTasks } from './seen-tasks.ts';
import { nextHistory } from './terminal/terminal-history.ts';
import { isLight, terminalTheme } from './terminal/xterm-theme.ts';

test('history doubles from 256 KiB to 4 MiB and then reports the limit', () => {
  const steps: number[] = [];
  let askedBytes = 0;
  for (
    let step = nextHistory({ askedBytes, skipped: true, full: false });
    step.kind === 'more';
    step = nextHistory({ askedBytes, skipped: true, full: false })
  ) {
    askedBytes = step.bytes;
    steps.push(step.bytes / 1024);
  }
  expect(steps).toEqual([256, 512, 1024, 2048, 4096]);
  expect(nextHistory({ askedBytes, skipped: true, full: false })).toEqual({ kind: 'limit' });
});

test('a view that has everything loads no history, a view with a full scrollback does', () => {
  expect(nextHistory({ askedBytes: 0, skipped: false, full: false })).toEqual({ kind: 'complete' });
  expect(nextHistory({ askedBytes: 0, skipped: false, full: true }).kind).toBe('more');
});

test('seen tasks survive a reload, the newest 200 of them', () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  const first = createSeenTasks(() => storage as unknown as Storage); // only these two methods are used
  for (let n = 0; n < 205; n += 1) first.mark(`bg_${n}`);
  const again = createSeenTasks(() => storage as unknown as Storage); // as above
  expect(again.snapshot().size).toBe(200);
  expect([again.snapshot().has('bg_4'), again.snapshot().has('bg_5'), again.snapshot().has('bg_204')]).toEqual([false, true, true]);
});

test('without storage, tasks are still marked until the window closes', () => {
  const seen = createSeenTasks(() => {
    throw new Error('blocked');
  });
  seen.mark('bg_1');
  expect(seen.snapshot().has('bg_1')).toBe(true);
});

test('the terminal takes its colours from the tokens and distinguishes light from dark', () => {
  const light = terminalTheme((name) => ({ '--term': '#ffffff', '--term-ink': '#26262b', '--ok': ' #1b7340' })[name] ?? '');
  expect([light.background, light.foreground, light.green, light.brightWhite]).toEqual(['#ffffff', '#26262b', '#1b7340', '#1b1b1f']);
  expect([isLight('#ffffff'), isLight('#fff'), isLight('#0d0d0f'), isLight('rgb(255 255 255)')]).toEqual([true, true, false, false]);
});
