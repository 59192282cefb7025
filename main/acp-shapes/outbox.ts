import type { SessionUpdate } from '@agentclientprotocol/sdk';

/** An update that needs a file is made when its turn comes, so that all arrive in order. */
export type PendingUpdate = SessionUpdate | (() => Promise<readonly SessionUpdate[]>);

/** Sends updates one after the other. Text that waits behind a slow client is joined, so that it needs fewer messages. */
export interface Outbox {
  push(update: PendingUpdate): void;
  /** Resolves when everything pushed so far is sent, or given up. */
  settled(): Promise<void>;
}

/** `send` rejects when the connection is closed; what waits is dropped then. */
export function createOutbox(send: (update: SessionUpdate) => Promise<void>): Outbox {
  let waiting: PendingUpdate[] = [];
  let pump: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        for (const next of batch) for (const update of typeof next === 'function' ? await next() : [next]) await send(update);
      }
    } catch {
      waiting = []; // the client is gone, and loads the session again if it returns
    } finally {
      pump = undefined;
    }
  }

  return {
    push(update) {
      const joined = joinChunks(waiting.at(-1), update);
      if (joined === undefined) waiting.push(update);
      else waiting[waiting.length - 1] = joined;
      pump ??= Promise.resolve().then(run);
    },
    async settled() {
      while (pump !== undefined) await pump;
    },
  };
}

function joinChunks(last: PendingUpdate | undefined, next: PendingUpdate): SessionUpdate | undefined {
  if (last === undefined || typeof last === 'function' || typeof next === 'function') return undefined;
  if (!isPlainChunk(last) || !isPlainChunk(next)) return undefined;
  if (last.sessionUpdate !== next.sessionUpdate || last.messageId !== next.messageId) return undefined;
  return { ...last, content: { type: 'text', text: last.content.text + next.content.text } };
}

type Chunk = Extract<SessionUpdate, { sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk' }>;

function isPlainChunk(update: SessionUpdate): update is Chunk & { content: { type: 'text'; text: string } } {
  if (update.sessionUpdate !== 'agent_message_chunk' && update.sessionUpdate !== 'agent_thought_chunk') return false;
  return update.content.type === 'text' && update._meta === undefined;
}
