/** The server of Qwen Code 0.24.4 (`qwen serve`), used as its own web page uses it for sessions. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { start } from './programs.ts';
import type { World } from './world.ts';

export interface Daemon extends AsyncDisposable {
  pin(sessionId: string, isPinned: boolean): Promise<void>;
  archive(sessionId: string): Promise<void>;
  unarchive(sessionId: string): Promise<void>;
  /** Ids. */
  list(state: 'active' | 'archived'): Promise<readonly string[]>;
  /** Ids of pinned sessions. */
  pinned(): Promise<readonly string[]>;
}

interface Listed {
  readonly sessions: readonly { readonly sessionId: string; readonly isPinned?: boolean }[];
}

export async function startDaemon(world: World): Promise<Daemon> {
  const child = start('0.24.4', world, ['serve', '--port', '0']);
  const closed = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        const found = /listening on (http:\S+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    void closed.then(() => reject(new Error('qwen serve has ended')));
  });
  const ask = async (method: string, path: string, body?: object): Promise<Listed> => {
    const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${url}${path}`, { method, ...json });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text === '' ? '{}' : text);
  };
  const listed = async (state: string, view = '') =>
    (await ask('GET', `/workspace/${encodeURIComponent(world.project)}/sessions?archiveState=${state}${view}`)).sessions;
  const put = (how: 'archive' | 'unarchive') => async (sessionId: string) =>
    void (await ask('POST', `/sessions/${how}`, { sessionIds: [sessionId] }));
  return {
    pin: async (sessionId, isPinned) => void (await ask('PATCH', `/session/${sessionId}/organization`, { isPinned })),
    archive: put('archive'),
    unarchive: put('unarchive'),
    list: async (state) => (await listed(state)).map(({ sessionId }) => sessionId),
    pinned: async () =>
      (await listed('active', '&view=organized')).flatMap(({ sessionId, isPinned }) => (isPinned === true ? [sessionId] : [])),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
