import { formatDate, formatNumber, t } from '../i18n.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "0.4 s" below ten seconds if `precise` is set, else a clock time: "0:09", "1:42", "1:02:08". */
export function formatDuration(ms: number, precise = false): string {
  const whole = Math.max(0, ms);
  if (precise && whole < 10 * SECOND_MS) return t('unit.seconds', { count: fixed(whole / SECOND_MS, 1) });
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / HOUR_MS);
  const minutes = Math.floor((whole % HOUR_MS) / MINUTE_MS);
  const seconds = pad(Math.floor((whole % MINUTE_MS) / SECOND_MS));
  return hours > 0 ? `${hours}:${pad(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** The age: "now", "4 m", "3 h", "Thu", "12 Nov", "12 Nov 2023". */
export function formatAge(atMs: number, nowMs: number): string {
  const ageMs = nowMs - atMs;
  if (ageMs < MINUTE_MS) return t('unit.now');
  if (ageMs < HOUR_MS) return t('unit.minutes', { count: Math.floor(ageMs / MINUTE_MS) });
  if (ageMs < DAY_MS) return t('unit.hours', { count: Math.floor(ageMs / HOUR_MS) });
  if (ageMs < 6 * DAY_MS) return formatDate(atMs, { weekday: 'short' });
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return formatDate(atMs, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** "812 B", "1.4 MB"; powers of 1,024. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${fixed(value, digits)} ${UNITS[unit]}`;
}

/** "256 K", "1.5 M". */
export function formatTokens(tokens: number): string {
  if (tokens >= 1_000_000) return t('unit.millionTokens', { count: formatNumber(tokens / 1_000_000, { maximumFractionDigits: 1 }) });
  if (tokens >= 1000) return t('unit.thousandTokens', { count: Math.round(tokens / 1000) });
  return String(tokens);
}

function fixed(value: number, digits: number): string {
  return formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
