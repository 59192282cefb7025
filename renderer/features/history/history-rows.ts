/** Which rows the list shows: headings, sessions, matches in their text. Pure. */
import type { SessionHit, SessionSummary } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';
import { groupOf } from './session-groups.ts';

export type HistoryRow = { readonly key: string } & (
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'session'; readonly session: SessionSummary }
  | { readonly kind: 'more_titles'; readonly count: number }
  /** The session that contains the matches below it. */
  | { readonly kind: 'hit_session'; readonly hit: SessionHit }
  | { readonly kind: 'hit'; readonly hit: SessionHit }
);

/** Units: px. */
export const ROW_HEIGHT_PX: Record<HistoryRow['kind'], number> = { heading: 36, session: 48, more_titles: 32, hit_session: 36, hit: 30 };

/** How many titles are shown above the matches in the text. */
const FIRST_TITLES = 5;

export interface HistorySource {
  readonly sessions: readonly SessionSummary[];
  /** Listed above all others when there is no query. */
  readonly pinned: readonly SessionSummary[];
  /** All matches, loaded or not. */
  readonly total: number;
  readonly query: string;
  readonly hits: readonly SessionHit[];
  readonly allTitles: boolean;
  readonly nowMs: number;
}

export const isSelectable = (row: HistoryRow | undefined): boolean => row !== undefined && row.kind !== 'heading';

export function buildHistoryRows({ sessions, pinned, total, query, hits, allTitles, nowMs }: HistorySource): HistoryRow[] {
  const rows: HistoryRow[] = [];
  if (query === '') {
    if (pinned.length > 0) rows.push({ kind: 'heading', key: 'heading:pinned', label: t('history.pinned') }, ...pinned.map(sessionRow));
    const above = new Set(pinned.map(({ id }) => id));
    let heading: string | undefined;
    for (const session of sessions) {
      if (above.has(session.id)) continue;
      const label = groupOf(session.updatedAtMs, nowMs);
      if (label !== heading) rows.push({ kind: 'heading', key: `heading:${label}`, label });
      heading = label;
      rows.push(sessionRow(session));
    }
    return rows;
  }
  const shown = allTitles ? sessions : sessions.slice(0, FIRST_TITLES);
  if (shown.length > 0) rows.push({ kind: 'heading', key: 'heading:titles', label: t('history.titles') });
  rows.push(...shown.map(sessionRow));
  const count = Math.max(total, sessions.length) - shown.length;
  if (!allTitles && count > 0) rows.push({ kind: 'more_titles', key: 'more_titles', count });
  if (hits.length > 0) rows.push({ kind: 'heading', key: 'heading:said', label: t('history.said') });
  let sessionId: string | undefined;
  // Matches are only added at the end, so their number is their identity: one row of a session may have several.
  for (const [place, hit] of hits.entries()) {
    if (hit.sessionId !== sessionId) rows.push({ kind: 'hit_session', key: `in:${place}`, hit });
    sessionId = hit.sessionId;
    rows.push({ kind: 'hit', key: `hit:${place}`, hit });
  }
  return rows;
}

const sessionRow = (session: SessionSummary): HistoryRow => ({ kind: 'session', key: `session:${session.id}`, session });

/** The row that an arrow key selects, skipping headings; at an end, the same row. */
export function nextRow(rows: readonly HistoryRow[], from: number, step: number): number {
  const direction = step < 0 ? -1 : 1;
  let at = from;
  let left = Math.abs(step);
  for (let index = from + direction; index >= 0 && index < rows.length && left > 0; index += direction) {
    if (!isSelectable(rows[index])) continue;
    at = index;
    left -= 1;
  }
  return at;
}
