/** Renders a part of the window around a host in memory. */
import './dom.ts';
import { act, cleanup, render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { createStores, type Stores, StoresProvider } from '../stores/index.ts';
import { TooltipProvider } from '../ui/index.ts';
import { type Answers, createFakeClient, type FakeClient } from './fake-client.ts';
import { answers, PROJECT, SESSION } from './samples.ts';

export interface Rendered {
  readonly client: FakeClient;
  readonly stores: Stores;
}

/** Connects, opens the sample session if `open` is set, and renders. Removes what an earlier test left. */
export async function renderWith(ui: ReactElement, over: Answers = {}, open = false): Promise<Rendered> {
  cleanup();
  const client = createFakeClient(answers(over));
  const stores = createStores(client, open ? { activeProjectId: PROJECT, activeSessionId: SESSION } : {});
  await act(async () => {
    render(
      <StoresProvider value={stores}>
        <TooltipProvider>{ui}</TooltipProvider>
      </StoresProvider>,
    );
    client.setState({ kind: 'ready' });
  });
  return { client, stores };
}
