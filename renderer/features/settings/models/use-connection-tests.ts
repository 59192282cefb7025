import { useState } from 'react';
import { defined, type ConnectionTest, type ProviderId } from '../../../../preload/contract/index.ts';
import { errorText, useActiveProjectId, useClient, useUi } from '../../../stores/index.ts';

export interface ConnectionTests {
  /** The latest result for each provider, while the settings are open. */
  readonly tests: Readonly<Record<ProviderId, ConnectionTest>>;
  /** The provider whose test is running. */
  readonly testing: ProviderId | undefined;
  run(id: ProviderId): void;
}

export function useConnectionTests(): ConnectionTests {
  const client = useClient();
  const projectId = useActiveProjectId();
  const raiseToast = useUi((ui) => ui.raiseToast);
  const [tests, setTests] = useState<Readonly<Record<ProviderId, ConnectionTest>>>({});
  const [testing, setTesting] = useState<ProviderId>();
  const run = (id: ProviderId) => {
    setTesting(id);
    client
      .request('provider.test', { providerId: id, ...defined({ projectId }) })
      .then(
        ({ test }) => setTests((held) => ({ ...held, [id]: test })),
        // A failed connection test is a result; here the request itself has failed.
        (error: unknown) => raiseToast('error', errorText(error)),
      )
      .finally(() => setTesting((now) => (now === id ? undefined : now)));
  };
  return { tests, testing, run };
}
