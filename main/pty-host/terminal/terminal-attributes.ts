/** Attributes of a cell or of the cursor as the sequence that sets them, and checked reads of xterm's internals. */
import type { IBufferCell } from '@xterm/headless';

/** Flags of the packed foreground. Source: FgFlags in `@xterm/xterm/src/common/buffer/Constants.ts`. */
const UNDERLINE_BIT = 0x10000000;

/** Select graphic rendition of a cell's or a cursor's attributes, from the reset state. */
export function sgr(attributes: IBufferCell | unknown): string {
  const is = (name: string) => call(attributes, name) !== 0 && call(attributes, name) !== undefined;
  const parts = ['0'];
  if (is('isBold')) parts.push('1');
  if (is('isDim')) parts.push('2');
  if (is('isItalic')) parts.push('3');
  if (isUnderlined(attributes)) parts.push('4');
  if (is('isBlink')) parts.push('5');
  if (is('isInverse')) parts.push('7');
  if (is('isInvisible')) parts.push('8');
  if (is('isStrikethrough')) parts.push('9');
  if (is('isOverline')) parts.push('53');
  parts.push(...color(38, is('isFgRGB'), is('isFgPalette'), call(attributes, 'getFgColor')));
  parts.push(...color(48, is('isBgRGB'), is('isBgPalette'), call(attributes, 'getBgColor')));
  return `\x1b[${parts.join(';')}m`;
}

function color(base: 38 | 48, isRgb: boolean, isPalette: boolean, value: number | undefined): string[] {
  if (value === undefined) return [];
  if (isRgb) return [`${base};2;${(value >> 16) & 255};${(value >> 8) & 255};${value & 255}`];
  if (!isPalette) return [];
  if (value < 8) return [String(base - 8 + value)];
  return value < 16 ? [String(base + 52 + value - 8)] : [`${base};5;${value}`];
}

/** The number of the link these attributes belong to; 0 without one. A reused cell keeps an older link in its fields. */
export function linkOf(attributes: unknown): number {
  const link = read(read(attributes, 'extended'), 'urlId');
  return (call(attributes, 'hasExtendedAttrs') ?? 0) !== 0 && typeof link === 'number' ? link : 0;
}

/** xterm reports every cell of a link as underlined; the cell's own bits hold the requested underline. */
function isUnderlined(attributes: unknown): boolean {
  const fg = read(attributes, 'fg');
  if (linkOf(attributes) !== 0 && typeof fg === 'number') return (fg & UNDERLINE_BIT) !== 0;
  return (call(attributes, 'isUnderline') ?? 0) !== 0;
}

function call(target: unknown, name: string): number | undefined {
  const method = read(target, name);
  if (typeof method !== 'function') return undefined;
  const result: unknown = Reflect.apply(method, target, []);
  return typeof result === 'boolean' ? Number(result) : typeof result === 'number' ? result : undefined;
}

/** Reads a field of an object with a foreign shape. */
export function read(target: unknown, name: string): unknown {
  return typeof target === 'object' && target !== null ? Reflect.get(target, name) : undefined;
}
