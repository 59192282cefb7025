import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderWith } from '../../../test/render.tsx';
import { itemId, SESSION } from '../../../test/samples.ts';
import type { Row } from './rows.ts';
import { holds, useFoundRow } from './use-found-row.ts';

const ROWS: readonly Row[] = [
  { kind: 'item', key: 'u1', id: itemId('u1'), tight: false },
  { kind: 'explored', key: 'e', ids: [itemId('c1'), itemId('c2')], tight: false },
];

function List({ rows, shown }: { readonly rows: readonly Row[]; readonly shown: number[] }) {
  const marked = useFoundRow(SESSION, rows, (index) => shown.push(index));
  return <p>{marked ?? 'none'}</p>;
}

test('a row contains its item, and a collapsed row all of its items', () => {
  expect(ROWS.map((row) => holds(row, itemId('c2')))).toEqual([false, true]);
  expect(ROWS.map((row) => holds(row, undefined))).toEqual([false, false]);
});

test('a requested item is shown once its row exists, once for each request, and stays marked', async () => {
  const shown: number[] = [];
  const { stores } = await renderWith(<List rows={ROWS} shown={shown} />);
  expect(screen.getByText('none')).toBeDefined();
  await act(async () => stores.ui.getState().showFound(SESSION, itemId('c2')));
  expect(shown).toEqual([1]);
  expect(screen.getByText('c2')).toBeDefined();
  expect(stores.ui.getState().found).toBeUndefined();
  await act(async () => stores.ui.getState().showFound(SESSION, itemId('c2')));
  expect(shown).toEqual([1, 1]);
  await act(async () => stores.ui.getState().showFound(SESSION, itemId('not loaded')));
  expect(shown).toEqual([1, 1]);
  expect(stores.ui.getState().found).toBeDefined();
});
