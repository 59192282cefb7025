import { expect, test } from 'vitest';
import { ProjectId, SessionId, type SessionSummary } from '../../../preload/contract/index.ts';
import { summary } from '../../test/samples.ts';
import { emptyPages, type FolderPages, mergePages, withChanged, withoutSession, withPage } from './session-pages.ts';

const A = ProjectId.parse('a');
const B = ProjectId.parse('b');
const session = (id: string, updatedAtMs: number, projectId = A, over: Partial<SessionSummary> = {}) =>
  summary({ id: SessionId.parse(id), projectId, updatedAtMs, ...over });
const folder = (projectId: ProjectId, times: readonly number[], next?: string): FolderPages =>
  withPage(emptyPages(projectId), { sessions: times.map((ms) => session(`${projectId}${ms}`, ms, projectId)), next });
const ids = (folders: readonly FolderPages[]) => mergePages(folders).sessions.map(({ id }) => id);

test('the sessions of several folders are one list, newest first', () => {
  expect(ids([folder(A, [9, 5, 1]), folder(B, [7, 3])])).toEqual(['a9', 'b7', 'a5', 'b3', 'a1']);
});

test("a session is hidden while a newer one can still arrive above it, and that folder's page is requested next", () => {
  const merged = mergePages([folder(A, [9, 5], 'more'), folder(B, [7, 3], 'more')]);
  expect(merged.sessions.map(({ id }) => id)).toEqual(['a9', 'b7', 'a5']);
  expect(merged.wanted).toEqual([A]);
});

test('a page is appended, and sessions that were already there stay once', () => {
  const later = withPage(folder(A, [9, 5], 'more'), { sessions: [session('a5', 5), session('a2', 2)], total: 3 });
  expect(later).toMatchObject({ next: undefined, total: 3, state: 'ready' });
  expect(ids([later])).toEqual(['a9', 'a5', 'a2']);
});

test('pins come with the first page and follow changes; across folders the latest pin is first', () => {
  const first = withPage(folder(A, [9]), { sessions: [], pinned: [session('a9', 9, A, { pinnedAtMs: 1 })] });
  const other = withPage(folder(B, [7]), { sessions: [], pinned: [session('b7', 7, B, { pinnedAtMs: 2 })] });
  const pins = (...folders: FolderPages[]) => mergePages(folders).pinned.map(({ id, title }) => [id, title]);
  expect(pins(first, other).map(([id]) => id)).toEqual(['b7', 'a9']);
  expect(pins(withPage(first, { sessions: [] })).map(([id]) => id)).toEqual(['a9']);
  const renamed = withChanged(first, session('a9', 10, A, { title: 'Other' }), '');
  expect(pins(renamed)).toEqual([['a9', 'Other']]);
  expect(pins(withChanged(renamed, session('a9', 10, A, { pinnedAtMs: null }), ''))).toEqual([]);
  expect(pins(withChanged(first, session('a5', 5, A, { pinnedAtMs: 3 }), '')).map(([id]) => id)).toEqual(['a5', 'a9']);
  expect(pins(withoutSession(first, SessionId.parse('a9')))).toEqual([]);
});

test('a changed session moves to its new position, also the last one of a page', () => {
  const pages = folder(A, [9, 5], 'more');
  const changed = withChanged(pages, session('a5', 12, A, { title: 'Renamed' }), '');
  expect(mergePages([changed]).sessions.map(({ id, title }) => [id, title])).toEqual([
    ['a5', 'Renamed'],
    ['a9', 'Retry failed webhooks'],
  ]);
});

test('a change keeps fields that only the list has, but not who had the session open', () => {
  const listed = session('a9', 9, A, { modelId: 'm', firstPrompt: 'words', heldBy: { pid: 7, host: 'cli' } });
  const pages = withPage(emptyPages(A), { sessions: [listed] });
  const changed = withChanged(pages, session('a9', 10, A, { title: 'New' }), '').sessions[0];
  expect(changed).toMatchObject({ title: 'New', modelId: 'm', firstPrompt: 'words' });
  expect(changed?.heldBy).toBeUndefined();
});

test('a new session appears unless the filter hides it or its page is not loaded', () => {
  const pages = { ...folder(A, [9, 5], 'more'), total: 7 };
  expect(withChanged(pages, session('new', 20), '')).toMatchObject({ total: 8 });
  expect(ids([withChanged(pages, session('new', 20), 'WEBHOOK')])).toEqual(['new', 'a9', 'a5']);
  expect(withChanged(pages, session('new', 20), 'redis')).toBe(pages);
  expect(withChanged(pages, session('old', 1), '')).toBe(pages);
  expect(withChanged(pages, session('b', 20, B), '')).toBe(pages);
});

test('a deleted session disappears and is not counted', () => {
  const pages = { ...folder(A, [9, 5]), total: 2 };
  expect(withoutSession(pages, SessionId.parse('a9'))).toMatchObject({ total: 1, sessions: [{ id: 'a5' }] });
  expect(withoutSession(pages, SessionId.parse('zz'))).toBe(pages);
});
