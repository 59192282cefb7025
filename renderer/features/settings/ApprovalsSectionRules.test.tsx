import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { PermissionEntry, SandboxState } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import { renderWith } from '../../test/render.tsx';
import { PROJECT } from '../../test/samples.ts';
import { ApprovalsSectionRules } from './ApprovalsSectionRules.tsx';

const MINE: PermissionEntry = {
  list: 'allow',
  rule: 'Bash(npm test *)',
  scope: 'user',
  path: '/home/ada/.qwen/settings.json',
  canRevoke: true,
};
const SYSTEM: PermissionEntry = {
  list: 'deny',
  rule: 'Bash(curl *)',
  scope: 'system',
  path: '/etc/qwen-code/settings.json',
  canRevoke: false,
};

const NO_BUBBLEWRAP: SandboxState = { status: 'unavailable', problem: { code: 'not_installed', program: 'bubblewrap' } };
const WALL: SandboxState = { status: 'on', backend: 'bwrap', filesystem: 'read-only', network: 'closed' };

async function shown(entries: readonly PermissionEntry[], wall: SandboxState = WALL) {
  let held = [...entries];
  const rendered = await renderWith(
    <ApprovalsSectionRules />,
    {
      'permission.list': () => ({ entries: held, sandbox: { status: 'off' }, wall }),
      'permission.revoke': ({ entry }) => {
        held = held.filter(({ rule }) => rule !== entry.rule);
        return {};
      },
    },
    true,
  );
  return rendered;
}

test('every rule is listed with its effect and its file', async () => {
  await shown([SYSTEM, MINE]);
  const rows = screen.getAllByRole('listitem').map((row) => row.textContent);
  expect(rows[0]).toContain('denyBash(curl *)/etc/qwen-code/settings.json');
  expect(rows[1]).toContain('allowBash(npm test *)~/.qwen/settings.json');
  expect(screen.getByText('Commands run without a sandbox')).toBeDefined();
});

test.each([
  [WALL, /always run in bwrap/],
  [NO_BUBBLEWRAP, /bubblewrap is not installed. Install it/],
  [{ status: 'unavailable', problem: { code: 'unsupported_system' } } as const, /no sandbox works on this system/],
])('%j is said in one sentence', async (wall, text) => {
  await shown([], wall);
  expect(screen.getByText(text)).toBeDefined();
});

test('one click removes a rule, and the list is loaded again', async () => {
  const { client } = await shown([MINE]);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: /^Remove Bash/ })));
  expect(client.paramsOf('permission.revoke')).toEqual([{ projectId: PROJECT, entry: MINE }]);
  expect(screen.queryByText('Bash(npm test *)')).toBeNull();
  expect(screen.getByText(/No rules yet/)).toBeDefined();
});

test('a rule of the system cannot be removed here', async () => {
  await shown([SYSTEM]);
  expect(screen.queryByRole('button', { name: /Remove/ })).toBeNull();
});

test('a file that cannot be changed is reported, and the rule stays', async () => {
  const { client } = await shown([MINE]);
  client.answer('permission.revoke', () => {
    throw new ClientError({ code: 'settings_unwritable', message: 'The file could not be written.' });
  });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: /^Remove Bash/ })));
  expect(screen.getByRole('alert').textContent).toContain('The file could not be written.');
  expect(screen.getByText('Bash(npm test *)')).toBeDefined();
});
