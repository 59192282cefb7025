import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { createWebSocketTransport, MAX_UNREAD_BYTES } from './websocket-transport.ts';

/** The part of a socket that the transport uses; the test sets the amount of unread data. */
function fakeSocket() {
  const sent: unknown[] = [];
  const closes: unknown[][] = [];
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send: (message: unknown) => void sent.push(message),
    close: (...args: unknown[]) => void closes.push(args),
  });
  return { socket, sent, closes, transport: createWebSocketTransport(socket as unknown as WebSocket) }; // a fake with the members that are used
}

test('a client with too much unread data is closed with the reason', () => {
  const { socket, sent, closes, transport } = fakeSocket();
  transport.send({ t: 'welcome', protocol: 1 });
  socket.bufferedAmount = MAX_UNREAD_BYTES + 1;
  transport.send({ t: 'welcome', protocol: 1 });
  expect([sent.length, closes]).toEqual([1, [[1008, expect.stringContaining('too slow')]]]);
});

test('nothing is sent to a closing socket', () => {
  const { socket, sent, transport } = fakeSocket();
  socket.readyState = 2;
  transport.send({ t: 'welcome', protocol: 1 });
  expect(sent).toEqual([]);
});
