import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderWith } from '../../../test/render.tsx';
import { itemId, provider, SESSION } from '../../../test/samples.ts';
import { Notice } from './Notice.tsx';

test("a notice about models opens the settings at the provider of the session's model", async () => {
  const item = {
    kind: 'notice',
    id: itemId('n1'),
    createdAtMs: 1,
    level: 'error',
    text: 'The key was refused.',
    action: 'open_models',
  } as const;
  const { stores } = await renderWith(<Notice item={item} sessionId={SESSION} />, {}, true);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Open models' })));
  expect(stores.ui.getState()).toMatchObject({ screen: 'settings', settingsProviderId: provider().id });
  await act(async () => stores.ui.getState().showScreen('workspace'));
  expect(stores.ui.getState().settingsProviderId).toBeUndefined();
});

const quiet = (text: string, detail: string) =>
  ({ kind: 'notice', id: itemId('n2'), createdAtMs: 1, level: 'quiet', text, detail }) as const;

test('the answer of a command is shown as Markdown and open', async () => {
  await renderWith(
    <Notice item={{ ...quiet('/tools', '- `read_file`\n- `edit`'), content: { code: 'command_answer' } }} sessionId={SESSION} />,
  );
  const list = await screen.findByRole('list');
  expect(list.textContent?.replaceAll('\n', '')).toBe('read_fileedit');
});

test('the summary of a compaction is collapsed, and its row shows the tokens and what was kept', async () => {
  await renderWith(
    <Notice item={quiet('Summarized: 90,000 → 12,000 tokens. The last two turns stay.', '**Asked**: retries')} sessionId={SESSION} />,
  );
  expect(screen.getByText(/90,000 → 12,000 tokens/)).toBeDefined();
  expect(screen.queryByText('Asked')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Show summary' }));
  expect((await screen.findByText('Asked')).tagName).toBe('STRONG');
});
