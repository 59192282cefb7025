import { expect, test } from 'vitest';
import { DEFAULT_PLACE, fitPlace, nextPlace } from './window-place.ts';

const LAPTOP = { x: 0, y: 0, width: 1440, height: 900 };
const SECOND = { x: 1440, y: 0, width: 1920, height: 1080 };
const place = { x: 1500, y: 100, width: 1200, height: 700, maximized: false, fullScreen: false };

test('a position on a display that still exists is kept', () => {
  expect(fitPlace(place, [LAPTOP, SECOND])).toEqual(place);
});

test('a window whose display is gone keeps its size, without a position', () => {
  expect(fitPlace(place, [LAPTOP])).toEqual({ width: 1200, height: 700, maximized: false, fullScreen: false });
});

test('a title bar above or below every display cannot be dragged, so the position is ignored', () => {
  expect(fitPlace({ ...place, y: -30 }, [LAPTOP, SECOND])).toEqual({ width: 1200, height: 700, maximized: false, fullScreen: false });
  expect(fitPlace({ ...place, y: 1060 }, [LAPTOP, SECOND])).toEqual({ width: 1200, height: 700, maximized: false, fullScreen: false });
});

test('a position with only a sliver of the window on the display is ignored too', () => {
  expect(fitPlace({ ...place, x: 3300 }, [LAPTOP, SECOND])).toEqual({ width: 1200, height: 700, maximized: false, fullScreen: false });
});

test('a window is never larger than its display or smaller than the minimum', () => {
  expect(fitPlace({ x: 0, y: 0, width: 4000, height: 3000, maximized: true, fullScreen: true }, [LAPTOP])).toEqual({
    x: 0,
    y: 0,
    width: 1440,
    height: 900,
    maximized: true,
    fullScreen: true,
  });
  expect(fitPlace({ x: 0, y: 0, width: 1, height: 1, maximized: false, fullScreen: false }, [LAPTOP])).toMatchObject({
    width: 760,
    height: 520,
  });
});

test('the first start has the default size', () => {
  expect(fitPlace(DEFAULT_PLACE, [LAPTOP])).toEqual(DEFAULT_PLACE);
  expect(fitPlace(DEFAULT_PLACE, [])).toEqual(DEFAULT_PLACE);
});

test.each([undefined, 'left', {}, { ...place, width: '1200' }, { ...place, x: null }, { ...place, height: Number.NaN }])(
  'a stored %j is not a position, so the defaults apply',
  (stored) => {
    expect(fitPlace(stored, [LAPTOP, SECOND])).toEqual(DEFAULT_PLACE);
  },
);

test('a position stored without a value for full screen is kept', () => {
  const { fullScreen: _fullScreen, ...older } = place;
  expect(fitPlace(older, [LAPTOP, SECOND])).toEqual(place);
});

const NOW = { bounds: { x: 0, y: 0, width: 1440, height: 900 }, maximized: false, fullScreen: false, minimized: false };

test('a moved window is remembered where it is', () => {
  expect(nextPlace(place, NOW)).toEqual({ ...NOW.bounds, maximized: false, fullScreen: false });
});

test.each([
  [{ maximized: true }, { maximized: true }],
  [{ fullScreen: true }, { fullScreen: true }],
  [{ maximized: true, fullScreen: true }, { fullScreen: true }],
  [{ minimized: true }, {}],
])('a window that is %j keeps the size it returns to', (now, changes) => {
  expect(nextPlace(place, { ...NOW, ...now })).toEqual({ ...place, ...changes });
});

test('a window that was maximized before full screen is maximized after it', () => {
  const maximized = nextPlace(place, { ...NOW, maximized: true });
  const full = nextPlace(maximized, { ...NOW, fullScreen: true });
  expect(full).toEqual({ ...place, maximized: true, fullScreen: true });
  expect(nextPlace(full, { ...NOW, maximized: true })).toEqual(maximized);
});

test('a maximized window returns to its normal size after any number of starts', () => {
  let stored: unknown = nextPlace(place, { ...NOW, maximized: true });
  for (const _start of [1, 2, 3]) {
    const opened = fitPlace(JSON.parse(JSON.stringify(stored)), [LAPTOP, SECOND]);
    expect(opened).toEqual({ ...place, maximized: true });
    stored = nextPlace(opened, { ...NOW, maximized: true });
  }
});
