import { expect, test } from 'vitest';
import { createFloodGuard } from './flood-guard.ts';

const MB = 1024 * 1024;

function createGuard() {
  let nowMs = 0;
  const guard = createFloodGuard(() => nowMs);
  const send = (count: number, bytes: number) => Array.from({ length: count }, () => guard.message(bytes)).findLast(Boolean);
  return { guard, send, pass: (ms: number) => void (nowMs += ms) };
}

test('128 MB or 5,000 messages are allowed in five seconds, and no more', () => {
  const bytes = createGuard();
  expect(bytes.send(8, 16 * MB)).toBeUndefined();
  expect(bytes.send(1, 1)).toMatch(/more than/);
  const messages = createGuard();
  expect(messages.send(5_000, 1)).toBeUndefined();
  expect(messages.send(1, 1)).toMatch(/more than/);
});

test('each window counts its own bytes and messages', () => {
  const { send, pass } = createGuard();
  for (let window = 0; window < 4; window += 1) {
    expect(send(8, 16 * MB)).toBeUndefined();
    expect(send(4_992, 0)).toBeUndefined();
    pass(5_000);
  }
  expect(send(8, 16 * MB)).toBeUndefined();
  pass(4_999);
  expect(send(1, 1)).toMatch(/more than/);
});

test('1 MB that is not a message is allowed for the whole life of a server', () => {
  const { guard, pass } = createGuard();
  expect(guard.garbage(MB)).toBeUndefined();
  pass(60_000);
  expect(guard.garbage(1)).toMatch(/not JSON-RPC/);
});
