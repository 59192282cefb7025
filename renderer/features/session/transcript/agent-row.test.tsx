import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderWith } from '../../../test/render.tsx';
import { itemId, SESSION, snapshot, task, taskId, tool } from '../../../test/samples.ts';
import { AgentRow } from './AgentRow.tsx';

const child = (id: string, over: object = {}) => ({ ...tool(id, { target: `${id}.ts` }), ...over, parentId: itemId('agent') });

test('a subagent shows its current step while it works, and expands to its steps', async () => {
  const items = [
    tool('agent', { toolKind: 'other', verb: 'ask_agent', target: 'Explore', status: 'running' }),
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
  expect(within(screen.getByRole('group', { name: 'Subagent steps: Explore' })).getByText('one.ts')).toBeDefined();
});

test('a finished subagent shows its number of steps', async () => {
  const items = [tool('agent', { toolKind: 'other' }), child('one'), child('two')];
  const ids = [itemId('one'), itemId('two')];
  await renderWith(
    <AgentRow sessionId={SESSION} id={itemId('agent')} childIds={ids} />,
    { 'session.attach': () => ({ snapshot: snapshot({ items }) }) },
    true,
  );
  expect(screen.getByText('2 steps')).toBeDefined();
});

test('a working subagent can be stopped, in the foreground too, and a finished one cannot', async () => {
  const items = [tool('agent', { toolKind: 'task', target: 'look', status: 'running' }), child('one')];
  const agent = { type: 'Explore', description: 'look' };
  const running = task({ id: taskId('agent_1'), toolCallId: itemId('agent'), agent, placement: 'foreground', wasBackground: false });
  const shown = await renderWith(
    <AgentRow sessionId={SESSION} id={itemId('agent')} childIds={[itemId('one')]} />,
    { 'session.attach': () => ({ snapshot: snapshot({ items, tasks: [running] }) }), 'task.stop': () => ({ task: running }) },
    true,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Stop subagent: look' }));
  expect(shown.client.paramsOf('task.stop')).toEqual([{ taskId: 'agent_1', force: false }]);
  shown.client.emit({ event: 'task.removed', data: { taskId: running.id } });
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Stop subagent: look' })).toBeNull());
});
