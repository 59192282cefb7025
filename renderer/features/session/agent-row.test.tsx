import { fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderWith } from '../../test/render.tsx';
import { itemId, SESSION, snapshot, tool } from '../../test/samples.ts';
import { AgentRow } from './AgentRow.tsx';

const child = (id: string, over: object = {}) => ({ ...tool(id, { target: `${id}.ts` }), ...over, parentId: itemId('agent') });

test('a subagent says what it is at while it works, and its steps unfold', async () => {
  const items = [
    tool('agent', { toolKind: 'other', verb: 'Agent', target: 'Explore', status: 'running' }),
    child('one'),
    child('two', { status: 'running' }),
  ];
  const ids = [itemId('one'), itemId('two')];
  await renderWith(
    <AgentRow sessionId={SESSION} id={itemId('agent')} childIds={ids} />,
    { 'session.attach': () => ({ snapshot: snapshot({ items }) }) },
    true,
  );
  expect(screen.getByText(/ two\.ts$/)).toBeDefined();
  expect(screen.queryByRole('group')).toBeNull();
  fireEvent.click(screen.getByRole('button', { expanded: false }));
  expect(within(screen.getByRole('group', { name: 'What the subagent did: Explore' })).getByText('one.ts')).toBeDefined();
});

test('one that is done says how many steps it took', async () => {
  const items = [tool('agent', { toolKind: 'other' }), child('one'), child('two')];
  const ids = [itemId('one'), itemId('two')];
  await renderWith(
    <AgentRow sessionId={SESSION} id={itemId('agent')} childIds={ids} />,
    { 'session.attach': () => ({ snapshot: snapshot({ items }) }) },
    true,
  );
  expect(screen.getByText('2 steps')).toBeDefined();
});
