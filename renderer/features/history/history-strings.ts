/** The sentences of the list of sessions. Plain text, no markup. */
import type { ExportFormat, SessionHit } from '../../../preload/contract/index.ts';

const plural = (count: number, one: string, many = `${one}s`) => `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;

const format: Record<ExportFormat, string> = { markdown: 'Markdown', html: 'HTML', json: 'JSON', jsonl: 'JSONL' };

const role: Record<SessionHit['role'], string> = { user: 'You', assistant: 'Gantry', tool: 'Tool', notice: 'Notice' };

export const historyStrings = {
  label: 'Sessions',
  nav: 'Folders',
  back: 'Back',
  allFolders: 'All folders',
  deleted: 'Recently deleted',
  search: 'Search titles and everything that was said',
  count: (count: number) => plural(count, 'session'),
  loading: 'Reading the list of sessions',
  group: { today: 'Today', yesterday: 'Yesterday', week: 'The last 7 days', month: 'The last 30 days' },
  titles: 'In titles',
  said: 'In what was said',
  moreTitles: (count: number) => `Show ${plural(count, 'more title')}`,
  role,
  held: (host: string) => `open in another program (${host})`,
  state: { running: 'running', needs_you: 'needs you', idle: '' },
  rowMenu: (title: string) => `More for ${title}`,
  menu: {
    open: 'Open',
    rename: 'Rename…',
    branch: 'Branch',
    exportAs: 'Export as',
    format,
    copyId: 'Copy id',
    delete: 'Delete',
  },
  copied: 'Session id copied',
  notCopied: 'The session id could not be copied: the window may not write to the clipboard.',
  exported: (name: string) => `Exported: ${name}`,
  hint: 'Enter opens · F2 renames · Del deletes',
  empty: 'No session yet',
  emptyDetail: 'What you ask in a folder becomes a session, and stands here from then on.',
  noMatch: (query: string) => `Nothing has “${query}” in it`,
  noMatchDetail: 'Neither a title nor anything that was said. Try fewer or other words.',
  searching: (searched: number, total: number) => `Searched ${searched.toLocaleString('en-GB')} of ${plural(total, 'session')}…`,
  searched: (hits: number, total: number) => `${plural(hits, 'place')} in ${plural(total, 'session')}`,
  moreHits: 'Search on',
  failed: (name: string) => `The sessions of ${name} could not be listed.`,
  searchFailed: 'The search stopped.',
  tryAgain: 'Try again',
  trash: {
    title: 'Recently deleted',
    detail: 'Deleted sessions are kept for 30 days, then they are gone for good.',
    none: 'Nothing was deleted in the last 30 days.',
    restore: 'Restore',
    restoreLabel: (title: string) => `Restore ${title}`,
    kept: (days: number) => (days <= 0 ? 'gone within a day' : `${plural(days, 'day')} left`),
  },
  undo: { deleted: 'Deleted', undo: 'Undo', undoLabel: (title: string) => `Undo: bring back ${title}`, dismiss: 'Dismiss' },
} as const;
