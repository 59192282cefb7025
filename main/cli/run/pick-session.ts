/** The session that `--resume` names: by its id, the beginning of its id, or its title. Pure. */
import type { SessionSummary } from '../../../preload/contract/index.ts';

type Listed = Pick<SessionSummary, 'id' | 'title' | 'updatedAtMs'>;

export type SessionPick<T extends Listed = SessionSummary> =
  | { readonly kind: 'found'; readonly session: T }
  | { readonly kind: 'refused'; readonly message: string };

/** Shorter beginnings of an id count as titles. Unit: UTF-16 code units. */
const MIN_PREFIX_CHARS = 4;
const MAX_LISTED = 5;
const MAX_TITLE_CHARS = 60;

/** `sessions`: those of the folder, newest first. Empty `wanted`: no session was named. */
export function pickSession<T extends Listed>(sessions: readonly T[], wanted: string): SessionPick<T> {
  const name = wanted.trim().toLowerCase();
  if (sessions.length === 0) return refused('This folder has no session to resume.');
  if (name === '') return refused('--resume needs a session: its id, the beginning of its id, or its title.', 'The latest here:', sessions);
  const byId = sessions.filter(({ id }) => id.toLowerCase() === name);
  const byPrefix = name.length < MIN_PREFIX_CHARS ? [] : sessions.filter(({ id }) => id.toLowerCase().startsWith(name));
  const byTitle = sessions.filter(({ title }) => title.trim().toLowerCase() === name);
  const byPart = sessions.filter(({ title }) => title.toLowerCase().includes(name));
  const found = [byId, byPrefix, byTitle, byPart].find((matches) => matches.length > 0) ?? [];
  const [session] = found;
  if (session === undefined) return refused(`No session of this folder has the id or title "${wanted}".`, 'The latest here:', sessions);
  if (found.length > 1) return refused(`"${wanted}" is the id or title of ${found.length} sessions. Give more of the id:`, '', found);
  return { kind: 'found', session };
}

function refused(message: string, heading = '', sessions: readonly Listed[] = []): Extract<SessionPick, { kind: 'refused' }> {
  const lines = sessions.slice(0, MAX_LISTED).map(({ id, updatedAtMs, title }) => `  ${id}  ${toTime(updatedAtMs)}  ${shorten(title)}`);
  return { kind: 'refused', message: [heading === '' ? message : `${message} ${heading}`, ...lines].join('\n') };
}

function toTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

function shorten(title: string): string {
  const line = title.replace(/\s+/g, ' ');
  return line.length > MAX_TITLE_CHARS ? `${line.slice(0, MAX_TITLE_CHARS)}...` : line;
}
