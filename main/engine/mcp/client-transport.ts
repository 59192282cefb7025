/**
 * A server inside the program that drives this one (an SDK's in-process server): each message is given to that program, and the
 * answer to a request is the server's own. The server sends nothing by itself.
 */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Sdk } from './sdk.ts';

/** Delivers one JSON-RPC message and resolves with the answer to it, of which nothing is believed. Errors: it could not be delivered. */
export type DeliverToClient = (message: object) => Promise<unknown>;

export function createClientTransport(deliver: DeliverToClient, schema: Sdk['JSONRPCMessageSchema']): Transport {
  let isOver = false;
  const transport: Transport = {
    async start() {},
    async send(message) {
      if (isOver) throw new Error('It was stopped.');
      const answer = await deliver(message);
      if (isOver || !('method' in message && 'id' in message)) return; // a notification has no answer
      const parsed = schema.safeParse(answer).data;
      if (parsed === undefined || !('id' in parsed) || parsed.id !== message.id)
        throw new Error('The program answered with something that is not the answer of an MCP server.');
      transport.onmessage?.(parsed);
    },
    async close() {
      if (isOver) return;
      isOver = true;
      transport.onclose?.();
    },
  };
  return transport;
}
