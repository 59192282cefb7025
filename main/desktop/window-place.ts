import { z } from 'zod';

/**
 * Where the window is, and how large. While it is maximized or full screen, size and position are those it returns to. Units:
 * device-independent pixels, as Electron counts them.
 */
export interface WindowPlace {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
  readonly fullScreen: boolean;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const LEAST_WIDTH = 760;
export const LEAST_HEIGHT = 520;
export const DEFAULT_PLACE: WindowPlace = { width: 1280, height: 800, maximized: false, fullScreen: false };

/** Checks the stored value: this app wrote it, but any program may have changed the file. */
const StoredPlace = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().positive(),
  height: z.int().positive(),
  maximized: z.boolean(),
  fullScreen: z.boolean().default(false),
});

/** How much of the title bar must be on a display, so that it can be seen and dragged. */
const GRIP_WIDTH = 120;
const GRIP_HEIGHT = 40;

/**
 * The remembered position if it can still be reached, else its size in the middle of the first display. A size is at most that
 * of its display, and at least the minimum. An invalid position is ignored.
 */
export function fitPlace(stored: unknown, workAreas: readonly Area[]): WindowPlace {
  const place = StoredPlace.safeParse(stored).data ?? DEFAULT_PLACE;
  const { x, y } = place;
  const home = x === undefined || y === undefined ? undefined : workAreas.find((area) => gripIsOn({ ...place, x, y }, area));
  const area = home ?? workAreas[0];
  const width = Math.max(LEAST_WIDTH, Math.min(place.width, area?.width ?? place.width));
  const height = Math.max(LEAST_HEIGHT, Math.min(place.height, area?.height ?? place.height));
  const at = home === undefined || x === undefined || y === undefined ? {} : { x, y };
  return { ...at, width, height, maximized: place.maximized, fullScreen: place.fullScreen };
}

/** The state of an open window. */
export interface WindowNow {
  readonly bounds: Area;
  readonly maximized: boolean;
  readonly fullScreen: boolean;
  readonly minimized: boolean;
}

/**
 * The place to remember, given the last one. Electron's own "normal bounds" are not used: of a window that was maximized before
 * it was first shown, they are those of the screen. Pure.
 */
export function nextPlace(last: WindowPlace, { bounds, maximized, fullScreen, minimized }: WindowNow): WindowPlace {
  if (minimized) return last;
  if (fullScreen) return { ...last, fullScreen };
  if (maximized) return { ...last, maximized, fullScreen };
  const { x, y, width, height } = bounds;
  return { x, y, width, height, maximized, fullScreen };
}

function gripIsOn(window: Area, area: Area): boolean {
  const seenWidth = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  const topIsOn = window.y >= area.y && window.y + GRIP_HEIGHT <= area.y + area.height;
  return topIsOn && seenWidth >= GRIP_WIDTH;
}
