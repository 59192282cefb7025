/**
 * Gantry as its window controls it: the engine in this process, on the fixture's home. For actions that no flag of a headless
 * run offers.
 */
import { createEngine, type Engine, type SessionHandle } from '../../main/engine/index.ts';
import { createNodePorts } from '../../main/local/node-ports.ts';
import { type WatchedEvents, watchEvents } from '../../main/test/support/watch-events.ts';
import { type PromptAttachment, type ProjectId, SessionId, type TurnResult } from '../../preload/contract/index.ts';
import type { World } from './world.ts';

export interface GantryWindow extends AsyncDisposable, Pick<WatchedEvents, 'until'> {
  readonly engine: Engine;
  readonly projectId: ProjectId;
  readonly open: (id: string) => ReturnType<Engine['sessions']['open']>;
  /** In an open session; waits for the end of the turn. */
  prompt(id: string, text: string, attachments?: readonly PromptAttachment[]): Promise<TurnResult>;
  /** The row of the prompt that contains this text. */
  promptRow(id: string, words: string): Promise<Parameters<SessionHandle['rewind']>[0]>;
}

export async function openGantry(world: World): Promise<GantryWindow> {
  const options = { environment: world.env, hostKind: 'server', version: '0.0.0-interop', trustedEndpoints: [], home: world.home } as const;
  const engine = createEngine(createNodePorts(options));
  const { until } = watchEvents(engine);
  const { id: projectId } = await engine.projects.open(world.project, { trust: true });
  const open: GantryWindow['open'] = (id) => engine.sessions.open(projectId, SessionId.parse(id));
  return {
    engine,
    projectId,
    until,
    open,
    async prompt(id, text, attachments = []) {
      const { turnId } = await engine.sessions.get(SessionId.parse(id)).prompt(text, crypto.randomUUID(), { attachments });
      return (await until('turn.ended', ({ result }) => result.turnId === turnId)).result;
    },
    async promptRow(id, words) {
      const { items } = await open(id);
      const row = items.find((item) => item.kind === 'user' && item.text.includes(words));
      if (row === undefined) throw new Error(`no prompt with "${words}"`);
      return row.id;
    },
    [Symbol.asyncDispose]: () => engine.close(),
  };
}
