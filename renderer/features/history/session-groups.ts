/** Under which heading a session stands in the list. Pure; days are those of the user's clock. */
import { historyStrings } from './history-strings.ts';

/** The beginning of the day that lies `daysAgo` before the one of `nowMs`; by the calendar, as a day may have 23 or 25 hours. */
function dayStart(nowMs: number, daysAgo: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo).getTime();
}

/** "Today", "Yesterday", "The last 7 days", "The last 30 days", then the month: "September 2026". */
export function groupOf(atMs: number, nowMs: number, locale = 'en-GB'): string {
  const { group } = historyStrings;
  if (atMs >= dayStart(nowMs, 0)) return group.today;
  if (atMs >= dayStart(nowMs, 1)) return group.yesterday;
  if (atMs >= dayStart(nowMs, 6)) return group.week;
  if (atMs >= dayStart(nowMs, 29)) return group.month;
  return new Date(atMs).toLocaleDateString(locale, { month: 'long', year: 'numeric' });
}
