/** The heading of a session in the list. Pure; days follow the user's clock. */
import { formatDate, t } from '../../i18n.ts';

/** The beginning of the day `daysAgo` days before that of `nowMs`; by the calendar, because a day may have 23 or 25 hours. */
function dayStart(nowMs: number, daysAgo: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo).getTime();
}

/** "Today", "Yesterday", "The last 7 days", "The last 30 days", then the month: "September 2026". */
export function groupOf(atMs: number, nowMs: number): string {
  if (atMs >= dayStart(nowMs, 0)) return t('history.group.today');
  if (atMs >= dayStart(nowMs, 1)) return t('history.group.yesterday');
  if (atMs >= dayStart(nowMs, 6)) return t('history.group.week');
  if (atMs >= dayStart(nowMs, 29)) return t('history.group.month');
  return formatDate(atMs, { month: 'long', year: 'numeric' });
}
