import { useEffect, useState } from 'react';
import type { ProviderPreset } from '../../../../preload/contract/index.ts';
import { useClient } from '../../../stores/index.ts';

/** Model servers on this computer, searched once when the screen is opened. */
export function useFoundServers(): readonly ProviderPreset[] {
  const client = useClient();
  const [found, setFound] = useState<readonly ProviderPreset[]>([]);
  useEffect(() => {
    let gone = false;
    client.request('provider.discover', {}).then(
      (answer) => {
        if (!gone) setFound(answer.found);
      },
      () => undefined, // a failed search is not an error to show
    );
    return () => {
      gone = true;
    };
  }, [client]);
  return found;
}
