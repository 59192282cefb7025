import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderWith } from '../../test/render.tsx';
import { itemId, provider, SESSION } from '../../test/samples.ts';
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
