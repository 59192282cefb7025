import { expect, test } from 'vitest';
import { ItemId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { AGENT_SUBTYPE, toAgentRows, createAgentRows } from './agent-record.ts';

const CALL = ItemId.parse('call');
const tool = (id: string, over: object = {}): TranscriptItem => ({
  kind: 'tool',
  id: ItemId.parse(id),
  parentId: CALL,
  name: 'glob',
  toolKind: 'search',
  verb: 'search',
  target: '*',
  status: 'success',
  startedAtMs: 1,
  endedAtMs: 2,
  display: { kind: 'none' },
  ...over,
});

/** The rows as a reader gets them. */
const read = (drafts: readonly object[]) => drafts.flatMap((draft) => toAgentRows(JSON.parse(JSON.stringify(draft))));

test('a row is written once, when it is done, and is read back under its call', () => {
  const rows = createAgentRows(CALL);
  expect(rows.set(tool('a', { status: 'running', endedAtMs: undefined }))).toEqual([]);
  const drafts = rows.set(tool('a'));
  expect(read(drafts)).toEqual([tool('a')]);
  expect(rows.set(tool('a'))).toEqual([]);
  expect(rows.end(9)).toEqual([]);
});

test('long rows are shortened, and rows beyond the limit are counted', () => {
  const rows = createAgentRows(CALL);
  const long = { display: { kind: 'text', text: 'x'.repeat(50_000) }, input: { huge: 'y'.repeat(50_000) } };
  const drafts = Array.from({ length: 300 }, (_unused, at) => rows.set(tool(`t${at}`, long))).flat();
  expect(JSON.stringify(drafts).length).toBeLessThan(160_000);
  expect(drafts.length).toBeGreaterThan(20); // each row is short enough for that
  expect(JSON.stringify(drafts[0])).not.toContain('yy');
  expect(read([...drafts, ...rows.end(9)]).at(-1)).toMatchObject({
    kind: 'notice',
    text: `${300 - drafts.length} more steps are not in the file.`,
  });
});

test('a damaged record gives the rows that can be read', () => {
  const systemPayload = { callId: 'call', rows: [{ kind: 'nonsense' }, tool('a')] };
  expect(toAgentRows({ subtype: AGENT_SUBTYPE, systemPayload })).toEqual([tool('a')]);
  expect(toAgentRows({ subtype: AGENT_SUBTYPE, systemPayload: { rows: 'none' } })).toEqual([]);
});
