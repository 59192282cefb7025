import { useCallback, useEffect, useState } from 'react';
import type { McpServerDraft, McpServerSummary, ProjectId } from '../../../../preload/contract/index.ts';
import { useActiveProjectId, useClient } from '../../../stores/index.ts';
import { type SettingsError, settingsError } from '../settings-error.ts';

export interface McpServers {
  /** Undefined until the first answer. */
  readonly servers: readonly McpServerSummary[] | undefined;
  readonly error: SettingsError | undefined;
  /** The server whose sign-in was opened in the browser most recently. */
  readonly signingIn: string | undefined;
  restart(name: string): void;
  signIn(name: string): void;
  signOut(name: string): void;
  setEnabled(name: string, enabled: boolean): void;
  /** Resolves with true when it has been saved. */
  add(scope: 'user' | 'project', name: string, server: McpServerDraft): Promise<boolean>;
  remove(scope: 'user' | 'project', name: string): void;
}

/** The servers of the current folder, requested again whenever the host reports a change. */
export function useMcpServers(): McpServers & { readonly projectId: ProjectId | undefined } {
  const client = useClient();
  const projectId = useActiveProjectId();
  const [servers, setServers] = useState<readonly McpServerSummary[]>();
  const [error, setError] = useState<SettingsError>();
  const [signingIn, setSigningIn] = useState<string>();

  useEffect(() => {
    if (projectId === undefined) return;
    let isShown = true;
    let asked = 0;
    const ask = () => {
      asked += 1;
      const mine = asked;
      client.request('mcp.list', { projectId }).then(
        (answer) => {
          if (isShown && mine === asked) setServers(answer.servers);
        },
        (reason: unknown) => {
          if (isShown) setError(settingsError(reason));
        },
      );
    };
    ask();
    const stop = client.onEvent((event) => {
      if ((event.event === 'mcp.changed' && event.data.projectId === projectId) || event.event === 'settings.changed') ask();
    });
    return () => {
      isShown = false;
      stop();
    };
  }, [client, projectId]);

  const attempt = useCallback((work: Promise<unknown>): Promise<boolean> => {
    setError(undefined);
    return work.then(
      () => true,
      (reason: unknown) => {
        setError(settingsError(reason));
        return false;
      },
    );
  }, []);

  const place = projectId === undefined ? undefined : { projectId };
  return {
    projectId,
    servers,
    error,
    signingIn,
    restart: (name) => void (place && attempt(client.request('mcp.restart', { ...place, name }))),
    signIn(name) {
      if (place === undefined) return;
      const opened = client.request('mcp.signIn', { ...place, name }).then(({ url }) => client.request('app.openExternal', { url }));
      void attempt(opened).then((isOpen) => setSigningIn(isOpen ? name : undefined));
    },
    signOut: (name) => void (place && attempt(client.request('mcp.signOut', { ...place, name }))),
    setEnabled: (name, enabled) => void (place && attempt(client.request('mcp.setEnabled', { ...place, name, enabled }))),
    add: async (scope, name, server) => place !== undefined && attempt(client.request('mcp.add', { ...place, scope, name, server })),
    remove: (scope, name) => void (place && attempt(client.request('mcp.remove', { ...place, scope, name }))),
  };
}
