import { expect, test } from 'vitest';
import { ItemId } from '../../../preload/contract/index.ts';
import { describeDenials } from './denial-hints.ts';

const denied = (toolName: string) => ({ toolCallId: ItemId.parse('c'), toolName, input: {} });

test('each tool is named once, with the number of refusals and the flags that allow it', () => {
  const lines = describeDenials([denied('run_shell_command'), denied('edit'), denied('run_shell_command')]);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^Refused \(2 times\): run_shell_command .*: --allowed-tools run_shell_command or --yolo\.$/);
  expect(lines[1]).toMatch(/^Refused: edit .*: --allowed-tools edit or --approval-mode auto-edit or --yolo\.$/);
});

test('the mode for edits is suggested only for edits', () => {
  for (const name of ['write_file', 'notebook_edit']) expect(describeDenials([denied(name)])[0]).toContain('auto-edit');
  for (const name of ['run_shell_command', 'web_fetch', 'mcp__a__b']) expect(describeDenials([denied(name)])[0]).not.toContain('auto-edit');
});
