import type { ITheme } from '@xterm/xterm';

/** Colours of a terminal from the page's tokens, so that it follows the theme. */

/** The tokens have no magenta and cyan; these two pairs have a contrast of 4.5:1. */
const EXTRA = {
  dark: { magenta: '#c39af0', cyan: '#6fc3c8', black: '#3a3a41', white: '#d7d7dc', brightBlack: '#8b8b94', brightWhite: '#ffffff' },
  light: { magenta: '#8a3fb8', cyan: '#11767c', black: '#26262b', white: '#6a6a74', brightBlack: '#55555e', brightWhite: '#1b1b1f' },
} as const;

/** `token` reads one custom property, e.g. `--term`; an empty answer falls back to a readable colour. */
export function terminalTheme(token: (name: string) => string): ITheme {
  const read = (name: string, fallback: string) => token(name).trim() || fallback;
  const background = read('--term', '#0d0d0f');
  const foreground = read('--term-ink', '#d7d7dc');
  const accent = read('--accent', '#7aa2f7');
  const extra = isLight(background) ? EXTRA.light : EXTRA.dark;
  const red = read('--err', '#ef7b7b');
  const green = read('--ok', '#6fc28b');
  const yellow = read('--warn', '#e0b15e');
  const blue = read('--run', '#7aa2f7');
  return {
    background,
    foreground,
    cursor: foreground,
    cursorAccent: background,
    selectionBackground: withAlpha(accent, '55'),
    selectionInactiveBackground: withAlpha(accent, '33'),
    scrollbarSliderBackground: withAlpha(foreground, '2e'),
    scrollbarSliderHoverBackground: withAlpha(foreground, '52'),
    scrollbarSliderActiveBackground: withAlpha(foreground, '66'),
    red,
    green,
    yellow,
    blue,
    brightRed: red,
    brightGreen: green,
    brightYellow: yellow,
    brightBlue: blue,
    brightMagenta: extra.magenta,
    brightCyan: extra.cyan,
    ...extra,
  };
}

/** Backgrounds on which the terminal's own text stays readable. */
export function searchColors(token: (name: string) => string) {
  const light = isLight(token('--term').trim());
  const match = light ? '#f7e3b0' : '#4a3c1c';
  const active = light ? '#ffcc66' : '#7d5f1b';
  return {
    matchBackground: match,
    matchOverviewRuler: match,
    activeMatchBackground: active,
    activeMatchBorder: light ? '#835700' : '#e0b15e',
    activeMatchColorOverviewRuler: active,
  };
}

/** Uses the perceived lightness of a #rgb or #rrggbb colour; anything else counts as dark. */
export function isLight(color: string): boolean {
  const hex = /^#(?<digits>[0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.groups?.['digits'];
  if (hex === undefined) return false;
  const full = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
  return (red * 299 + green * 587 + blue * 114) / 1000 > 140;
}

function withAlpha(color: string, alpha: string): string {
  return /^#[0-9a-f]{6}$/i.test(color) ? `${color}${alpha}` : color;
}
