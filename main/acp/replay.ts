import { SessionId } from '../../preload/contract/index.ts';
import { createUpdateMapper, diffTexts, readRows, replayedUpdates, settleUpdates } from '../acp-shapes/index.ts';
import { EngineError } from '../engine/index.ts';
import type { AcpHost } from './acp-host.ts';

/** Clients of Qwen Code ask for the rows of a session without opening it. A folder without this session has no rows of it. */
export async function loadUpdates(host: AcpHost, { sessionId, cwd }: { readonly sessionId: string; readonly cwd: string }) {
  const project = await host.openFolder(cwd);
  const id = SessionId.parse(sessionId);
  const snapshot = await host.engine.sessions.open(project.id, id).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === 'session_unknown') return undefined;
    throw error;
  });
  if (snapshot === undefined) return { updates: [] };
  const leave = host.watch(id);
  try {
    const mapper = createUpdateMapper({
      root: project.path,
      nowMs: () => host.clock.now(),
      isOwnPrompt: () => false,
      isPrompting: () => false,
      diff: async ({ path, patch }) => ({ type: 'diff', path, ...diffTexts(patch, undefined, 'after') }),
    });
    const pending = replayedUpdates(await readRows(host.engine.sessions.get(id), snapshot), mapper);
    return { updates: await settleUpdates(pending) };
  } finally {
    leave();
  }
}
