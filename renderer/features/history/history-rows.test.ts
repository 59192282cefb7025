import { expect, test } from 'vitest';
import { type SessionHit, SessionId } from '../../../preload/contract/index.ts';
import { itemId, NOW_MS, PROJECT, summary } from '../../test/samples.ts';
import { buildHistoryRows, type HistorySource, nextRow } from './history-rows.ts';

const DAY_MS = 24 * 3_600_000;
const sessions = (...agesDays: number[]) =>
  agesDays.map((days, index) => summary({ id: SessionId.parse(`s${index}`), updatedAtMs: NOW_MS - days * DAY_MS }));
const hit = (sessionId: string, item: string): SessionHit => ({
  sessionId: SessionId.parse(sessionId),
  projectId: PROJECT,
  cwd: '/home/ada/shop-api',
  title: sessionId,
  updatedAtMs: NOW_MS,
  itemId: itemId(item),
  role: 'user',
  createdAtMs: NOW_MS,
  snippet: { before: '', match: 'redis', after: '' },
});
const rows = (over: Partial<HistorySource>) =>
  buildHistoryRows({ sessions: [], pinned: [], total: 0, query: '', hits: [], allTitles: false, nowMs: NOW_MS, ...over });
const kinds = (over: Partial<HistorySource>) => rows(over).map((row) => (row.kind === 'heading' ? row.label : row.kind));

test('without a query, sessions are grouped by day, with one heading each', () => {
  expect(kinds({ sessions: sessions(0, 0, 1, 3) })).toEqual([
    'Today',
    'session',
    'session',
    'Yesterday',
    'session',
    'Last 7 days',
    'session',
  ]);
});

test('pinned sessions are listed once, above the days', () => {
  const [first, second] = sessions(0, 1);
  if (first === undefined || second === undefined) throw new Error('no sessions');
  expect(kinds({ sessions: [first, second], pinned: [second] })).toEqual(['Pinned', 'session', 'Today', 'session']);
  expect(kinds({ sessions: [first, second], pinned: [second], query: 'x' })).toEqual(['Titles', 'session', 'session']);
});

test('with a query, a few titles come first, then the matches in the text, below their sessions', () => {
  expect(
    kinds({ query: 'redis', sessions: sessions(0, 0, 0, 0, 0, 0), total: 40, hits: [hit('a', '1'), hit('a', '2'), hit('b', '3')] }),
  ).toEqual(['Titles', ...Array<string>(5).fill('session'), 'more_titles', 'Messages', 'hit_session', 'hit', 'hit', 'hit_session', 'hit']);
  expect(rows({ query: 'redis', sessions: sessions(0, 0, 0, 0, 0, 0), total: 40 }).at(-1)).toMatchObject({ count: 35 });
});

test('two matches in one row of a session are two rows of the list', () => {
  const keys = rows({ query: 'redis', hits: [hit('a', '1'), hit('a', '1')] }).map((row) => row.key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('the arrow keys skip headings and stop at the ends', () => {
  const list = rows({ sessions: sessions(0, 1) }); // heading, session, heading, session
  expect(nextRow(list, 1, 1)).toBe(3);
  expect(nextRow(list, 3, 1)).toBe(3);
  expect(nextRow(list, 3, -1)).toBe(1);
  expect(nextRow(list, 1, -10)).toBe(1);
  expect(nextRow(list, 1, 10)).toBe(3);
});
