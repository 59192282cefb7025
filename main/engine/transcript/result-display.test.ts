import { expect, test } from 'vitest';
import { ItemId, type ToolItem } from '../../../preload/contract/index.ts';
import { toolResultDraft } from './record-drafts.ts';
import { recordedEnd, toDisplay } from './result-display.ts';
import { SessionRecord } from './session-record.ts';

test.each([
  ['the recorded exit code', { exitCode: 3, summary: 'Exited with code 4' }, { exitCode: 3 }],
  ['the recorded signal', { signal: 9 }, { signal: 9 }],
  ['an exit code that an earlier version wrote in words', { summary: 'Exited with code 130 (128 + 2: SIGINT)' }, { exitCode: 130 }],
  ['a signal that an earlier version wrote in words', { summary: 'Terminated by signal 15 (SIGTERM)' }, { signal: 15 }],
  ['nothing for another summary', { summary: 'Stopped by the user before it finished' }, {}],
  ['nothing without a record', undefined, {}],
])('the end of a command is %s', (_name, gantry, end) => {
  expect(recordedEnd(gantry)).toEqual(end);
});

test('the display of a command is the same after its record was read, and an end of a later version is ignored', () => {
  const end = { code: 'timed_out', limitMs: 5000 } as const;
  const display = { kind: 'shell', command: 'x', cwd: '/p', outcome: 'timed_out', output: 'half', summary: 'Timed out', end } as const;
  const id = ItemId.parse('c1');
  const item: ToolItem = {
    kind: 'tool',
    id,
    name: 'run_shell_command',
    toolKind: 'shell',
    verb: 'run',
    target: 'x',
    status: 'error',
    startedAtMs: 0,
    display,
  };
  const draft = toolResultDraft({ callId: id, name: item.name, text: 'half', isError: true }, item, 'Timed out');
  const record = SessionRecord.parse({ uuid: 'r1', ...draft });
  const call = { name: item.name, args: { command: 'x' }, cwd: '/p' };
  expect(toDisplay(record, call)).toEqual(display);
  const later = { ...record, gantry: { ...record.gantry, end: { code: 'evaporated' } } };
  expect(toDisplay(later, call)).not.toHaveProperty('end');
});
