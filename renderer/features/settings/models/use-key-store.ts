import { useCallback, useRef, useState } from 'react';
import type { KeyStoreState } from '../../../../preload/contract/index.ts';
import { useClient } from '../../../stores/index.ts';
import { type SettingsError, settingsError } from '../settings-error.ts';

export interface KeyStore {
  /** Undefined until it was probed. */
  readonly state: KeyStoreState | undefined;
  readonly error: SettingsError | undefined;
  /** Where a new key would be stored; undefined if there is no storage for it. */
  readonly target: 'keyring' | 'file' | undefined;
  /** Asks the host once. The host writes and deletes a throwaway entry, so this happens only where keys are edited. */
  probe(): void;
  /** Asks again after a failed save, or to unlock the keyring. */
  probeAgain(): void;
  allowFile(allowed: boolean): void;
  /** Moves the keys of the file. */
  moveToKeyring(): void;
  /** The host has not answered yet: the user may be unlocking the keyring. */
  readonly isBusy: boolean;
}

export function useKeyStore(): KeyStore {
  const client = useClient();
  const asked = useRef(false);
  const [state, setState] = useState<KeyStoreState>();
  const [error, setError] = useState<SettingsError>();
  const [isBusy, setBusy] = useState(false);

  const take = useCallback((answer: Promise<{ readonly state: KeyStoreState }>) => {
    setBusy(true);
    answer
      .then(
        (answer) => {
          setState(answer.state);
          setError(undefined);
        },
        (reason: unknown) => setError(settingsError(reason)),
      )
      .finally(() => setBusy(false));
  }, []);
  const probeAgain = useCallback(() => take(client.request('keyStore.describe', {})), [client, take]);
  const probe = useCallback(() => {
    if (asked.current) return;
    asked.current = true;
    probeAgain();
  }, [probeAgain]);
  const allowFile = useCallback((allowed: boolean) => take(client.request('keyStore.allowFile', { allowed })), [client, take]);

  const moveToKeyring = useCallback(() => take(client.request('keyStore.moveToKeyring', {})), [client, take]);

  const target = state?.keyring === 'available' ? 'keyring' : state?.fileAllowed === true ? 'file' : undefined;
  return { state, error, target, isBusy, probe, probeAgain, allowFile, moveToKeyring };
}
