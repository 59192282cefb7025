import { expect, test } from 'vitest';
import { ItemId, type ToolItem } from '../../../../preload/contract/index.ts';
import { shellResult } from './shell-card-state.ts';

type Shell = Extract<ToolItem['display'], { kind: 'shell' }>;

const item = (end: Partial<Shell>): ToolItem => ({
  kind: 'tool',
  id: ItemId.parse('1'),
  name: 'run_shell_command',
  toolKind: 'shell',
  verb: 'run',
  target: 'make',
  status: 'error',
  startedAtMs: 0,
  display: { kind: 'shell', command: 'make', cwd: '/', outcome: 'failed', ...end },
});

test.each([
  [{ exitCode: 2 }, 'exited 2'],
  [{ signal: 9 }, 'signal 9'],
  [{ summary: 'Exited with code 2' }, 'failed'],
  [{ outcome: 'interrupted' }, 'Ended with Gantry'],
  [{ outcome: 'cancelled', summary: 'Gantry ended' }, 'stopped'],
  [{ outcome: 'completed', exitCode: 0 }, undefined],
] as const)('the chip of a command that ended with %o is %s', (end, label) => {
  expect(shellResult(item(end))?.label).toBe(label);
});
