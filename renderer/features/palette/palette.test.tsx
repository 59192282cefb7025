import '../../test/dom.ts';
import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Answers } from '../../test/fake-client.ts';
import { renderWith } from '../../test/render.tsx';
import { PROJECT, SESSION, summary } from '../../test/samples.ts';
import { Palette } from './Palette.tsx';

async function shown(over: Answers = {}) {
  let closed = 0;
  const rendered = await renderWith(<Palette onClose={() => (closed += 1)} />, over, true);
  return { ...rendered, closed: () => closed };
}
const input = () => screen.getByRole('combobox');
const type = (value: string) => act(async () => fireEvent.change(input(), { target: { value } }));
const rows = () => screen.getAllByRole('option').map((row) => row.textContent);

test('Enter runs the first match, and closes the palette', async () => {
  const { stores, closed } = await shown();
  await type('tasks panel');
  await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
  expect([stores.ui.getState().panel, closed()]).toEqual(['tasks', 1]);
});

test('sessions of every folder are found by their titles and opened', async () => {
  const { client } = await shown({
    'session.list': () => ({ sessions: [summary(), summary({ id: 's2' as typeof SESSION, title: 'Upgrade to Fastify 6' })] }),
  });
  await type('fastify');
  const group = within(screen.getByRole('group', { name: 'Sessions' }));
  await act(async () => fireEvent.click(group.getByRole('option', { name: /Upgrade to Fastify 6/ })));
  expect(client.paramsOf('session.attach').at(-1)).toEqual({ projectId: PROJECT, sessionId: 's2' });
});

test('a chosen file is added to the message, whatever the filter of the list matches', async () => {
  const { client, stores } = await shown({ 'project.findFiles': () => ({ paths: ['src/my file.ts'], isWhole: true }) });
  await type('qqq');
  expect(rows()).toEqual(['src/my file.ts']);
  await act(async () => fireEvent.click(screen.getByRole('option')));
  expect(client.paramsOf('project.findFiles')).toEqual([{ projectId: PROJECT, query: 'qqq', limit: 8 }]);
  expect(stores.ui.getState().offeredText).toEqual({ draftKey: SESSION, text: '@src/my\\ file.ts ' });
});

test('a model and a mode are chosen for the open session', async () => {
  const { client } = await shown();
  await type('Gantry demo');
  await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
  expect(client.paramsOf('session.setModel')).toEqual([{ sessionId: SESSION, model: { providerId: 'demo', modelId: 'gantry-demo' } }]);
  await type('plan only');
  await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
  expect(client.paramsOf('session.setMode')).toEqual([{ sessionId: SESSION, mode: 'plan' }]);
});

test('a query without matches shows a message', async () => {
  await shown({ 'project.findFiles': () => ({ paths: [], isWhole: true }) });
  await type('zzzzzz');
  expect(screen.getByText('No matching results')).toBeDefined();
});
