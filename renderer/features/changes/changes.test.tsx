import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { ChangedFile, UndoOutcome } from '../../../preload/contract/index.ts';
import { itemId, SESSION, snapshot, tool, turn } from '../../test/samples.ts';
import { renderWith } from '../../test/render.tsx';
import { ChangesPanel } from './ChangesPanel.tsx';

const file = (shown: string, over: Partial<ChangedFile> = {}): ChangedFile => ({
  path: `/p/${shown}`,
  shown,
  change: 'edited',
  state: 'changed',
  canUndo: true,
  ...over,
});

const DIFF = {
  kind: 'diff',
  path: 'a.ts',
  patch: '@@ -1 +1 @@\n-one\n+two\n',
  added: 1,
  removed: 1,
  isNewFile: false,
  truncated: false,
} as const;

async function shown(files: readonly ChangedFile[], outcome: UndoOutcome = { undone: [], problems: [] }, over = {}) {
  const turns = files.length === 0 ? [] : [{ id: 't1', kind: 'turn' as const, title: 'tidy up', atMs: 1, files: files.slice(0, 1) }];
  return renderWith(
    <ChangesPanel sessionId={SESSION} />,
    {
      'checkpoint.list': () => ({ turns, files: [...files] }),
      'checkpoint.diff': () => ({ diff: DIFF }),
      'checkpoint.undo': () => outcome,
      'session.attach': () => ({ snapshot: snapshot(over) }),
    },
    true,
  );
}

const press = (name: string | RegExp) => act(async () => fireEvent.click(screen.getByRole('button', { name })));

test('without changes the panel explains what it will show', async () => {
  await shown([]);
  expect(screen.getByText('No changed files')).toBeTruthy();
});

test('a file expands to its diff, which is requested when it is expanded', async () => {
  const { client } = await shown([file('a.ts')]);
  expect(client.paramsOf('checkpoint.diff')).toEqual([]);
  await press('a.ts');
  expect(client.paramsOf('checkpoint.diff')).toEqual([{ sessionId: SESSION, path: '/p/a.ts' }]);
  expect((await screen.findByRole('region', { name: /a\.ts/ })).textContent).toContain('two');
});

test('one file, all of them, or those of one turn are undone, and the list is loaded again', async () => {
  const { client } = await shown([file('a.ts'), file('b.ts')]);
  await press('Undo the changes of b.ts');
  await press('Undo all');
  fireEvent.change(screen.getByRole('combobox', { name: 'Changes of' }), { target: { value: 't1' } });
  expect(screen.queryByText('b.ts')).toBeNull();
  await press('Undo all');
  expect(client.paramsOf('checkpoint.undo')).toEqual([
    { sessionId: SESSION, path: '/p/b.ts', onTouched: 'refuse' },
    { sessionId: SESSION, onTouched: 'refuse' },
    { sessionId: SESSION, turnId: 't1', onTouched: 'refuse' },
  ]);
  expect(client.paramsOf('checkpoint.list').length).toBeGreaterThanOrEqual(4);
});

test('if a file has changed since, the user chooses what happens', async () => {
  const problem = { path: '/p/a.ts', shown: 'a.ts', why: 'touched' as const, message: 'a.ts has been changed since.' };
  const { client } = await shown([file('a.ts', { state: 'touched' })], { undone: [], problems: [problem] });
  await press('Undo all');
  const question = screen.getByRole('alertdialog', { name: 'Some changes cannot be undone' });
  expect(within(question).getByText('a.ts has been changed since.')).toBeTruthy();
  await press('Overwrite them');
  expect(client.paramsOf('checkpoint.undo').at(-1)).toEqual({ sessionId: SESSION, onTouched: 'overwrite' });
  await press('Undo all');
  await press('Cancel');
  expect(screen.queryByRole('alertdialog')).toBeNull();
  expect(client.paramsOf('checkpoint.undo')).toHaveLength(3);
});

test('a change that is already undone, or was not kept, offers no undo and gives the reason', async () => {
  await shown([file('a.ts', { state: 'undone' }), file('b.ts', { canUndo: false, note: 'It is too large to save (3000000 bytes).' })]);
  expect(screen.getByRole('button', { name: 'Undo the changes of a.ts' })).toHaveProperty('disabled', true);
  expect(screen.getByRole('button', { name: 'Undo the changes of b.ts' })).toHaveProperty('disabled', true);
  expect(screen.getByRole('button', { name: 'Undo all' })).toHaveProperty('disabled', true);
  await press('b.ts');
  expect(screen.getByText('It is too large to save (3000000 bytes).')).toBeTruthy();
});

test('nothing can be undone while a turn runs; an edit that ends is listed', async () => {
  const { client } = await shown([file('a.ts')], undefined, { turn: turn() });
  expect(screen.getByRole('button', { name: 'Undo all' })).toHaveProperty('disabled', true);
  const before = client.paramsOf('checkpoint.list').length;
  await act(async () =>
    client.emit({ event: 'item.added', data: { sessionId: SESSION, seq: 2, item: tool('e1', { id: itemId('e1'), toolKind: 'edit' }) } }),
  );
  expect(client.paramsOf('checkpoint.list').length).toBe(before + 1);
});
