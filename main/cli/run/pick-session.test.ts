import { expect, test } from 'vitest';
import { ProjectId, SessionId, type SessionSummary } from '../../../preload/contract/index.ts';
import { pickSession } from './pick-session.ts';

const session = (id: string, title: string): SessionSummary => ({
  id: SessionId.parse(id),
  projectId: ProjectId.parse('p'),
  title,
  updatedAtMs: Date.UTC(2026, 0, 2, 3, 4),
  createdAtMs: 0,
  state: 'idle',
  endedTurns: 0,
});
const SESSIONS = [
  session('3f2b8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f', 'Mend the parser'),
  session('3f2b9999-0d4a-4c6e-9f7b-1a2b3c4d5e6f', 'Parser'),
  session('abcdef12-0d4a-4c6e-9f7b-1a2b3c4d5e6f', 'Deploy'),
];

test.each([
  ['3F2B8C1E-0d4a-4c6e-9f7b-1a2b3c4d5e6f', 0],
  ['3f2b8', 0],
  ['parser', 1],
  ['mend THE parser', 0],
  ['depl', 2],
])('"%s" is found', (wanted, index) => {
  expect(pickSession(SESSIONS, wanted)).toEqual({ kind: 'found', session: SESSIONS[index] });
});

test('several matches are named', () => {
  expect(pickSession(SESSIONS, '3f2b')).toEqual({
    kind: 'refused',
    message: expect.stringMatching(/2 sessions.*\n {2}3f2b8c1e-\S+ {2}2026-01-02 03:04Z {2}Mend the parser\n {2}3f2b9999-\S+ .*Parser$/),
  });
});

test('without a match the latest sessions are listed, five at most', () => {
  const many = Array.from({ length: 8 }, (_unused, index) => session(`0000000${index}-0d4a-4c6e-9f7b-1a2b3c4d5e6f`, 'x'.repeat(90)));
  const pick = pickSession(many, 'zzz');
  if (pick.kind !== 'refused') throw new Error('found');
  expect(pick.message.split('\n')).toHaveLength(6);
  expect(pick.message).toMatch(/"zzz".*latest.*\n {2}00000000/);
  expect(pick.message).toContain(`${'x'.repeat(60)}...`);
});

test('an empty folder is reported', () => {
  expect(pickSession([], '')).toEqual({ kind: 'refused', message: 'This folder has no session to resume.' });
});
