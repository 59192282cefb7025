/** The editors that are connected to a session, and what they lend to it. */
import type { Editor } from '../editor-api.ts';
import type { LentServers, McpConnection } from '../mcp/index.ts';
import type { SessionTools } from './session-tools.ts';

export interface SessionEditor {
  /** Returns a function that takes everything back. */
  connect(editor: Editor): () => void;
  readonly onToolResult: NonNullable<Editor['onToolResult']>;
  /** The lent MCP servers. */
  servers(): readonly McpConnection[];
  /** Before a turn: resolves when no lent server is starting, or when the signal is aborted. */
  ready(signal: AbortSignal): Promise<void>;
  /** Ends every lent server. */
  close(): Promise<void>;
}

export function createSessionEditor(tools: Pick<SessionTools, 'lend'>, lend: (servers: Editor['servers']) => LentServers): SessionEditor {
  const lent = new Set<LentServers>();
  const editors = new Set<Editor>();
  return {
    connect(editor) {
      const { files, servers } = editor;
      editors.add(editor);
      const takeBack = tools.lend(files);
      const started = Object.keys(servers).length === 0 ? undefined : lend(servers);
      if (started !== undefined) lent.add(started);
      return () => {
        takeBack();
        editors.delete(editor);
        if (started !== undefined && lent.delete(started)) void started.close();
      };
    },
    onToolResult(callId, text) {
      for (const editor of editors) editor.onToolResult?.(callId, text);
    },
    servers: () => [...lent].flatMap((servers) => servers.all()),
    async ready(signal) {
      await Promise.all([...lent].map((servers) => servers.settled(signal)));
    },
    async close() {
      await Promise.all([...lent].map((servers) => servers.close()));
      lent.clear();
    },
  };
}
