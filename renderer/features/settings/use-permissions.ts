import { useCallback, useEffect, useState } from 'react';
import type { PermissionEntry, SandboxState } from '../../../preload/contract/index.ts';
import { useActiveProjectId, useClient, useSettings } from '../../stores/index.ts';
import { type SettingsError, settingsError } from './settings-error.ts';

export interface Permissions {
  /** Undefined until they are loaded. */
  readonly permissions:
    | { readonly entries: readonly PermissionEntry[]; readonly sandbox: SandboxState; readonly wall: SandboxState }
    | undefined;
  readonly error: SettingsError | undefined;
  revoke(entry: PermissionEntry): void;
}

/** The rules of the open folder, requested again whenever the settings have changed. */
export function usePermissions(): Permissions {
  const client = useClient();
  const projectId = useActiveProjectId();
  const settings = useSettings();
  const [permissions, setPermissions] = useState<Permissions['permissions']>();
  const [error, setError] = useState<SettingsError>();
  const ofProject = useCallback(() => (projectId === undefined ? {} : { projectId }), [projectId]);

  const read = useCallback(
    (isWanted: () => boolean = () => true) =>
      client.request('permission.list', ofProject()).then(
        (answer) => isWanted() && setPermissions(answer),
        (failure: unknown) => isWanted() && setError(settingsError(failure)),
      ),
    [client, ofProject],
  );

  useEffect(() => {
    let wanted = true;
    void read(() => wanted);
    return () => {
      wanted = false;
    };
  }, [read, settings]);

  const revoke = (entry: PermissionEntry) => {
    setError(undefined);
    void client
      .request('permission.revoke', { ...ofProject(), entry })
      .catch((failure: unknown) => setError(settingsError(failure)))
      .then(() => read());
  };
  return { permissions, error, revoke };
}
