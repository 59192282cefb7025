import { expect, onTestFinished, test } from 'vitest';
import { openHost } from './testing/host.fixture.ts';

const KEY = 'sk-scripted-0123456789-canary';

function setUp() {
  const host = openHost();
  onTestFinished(() => host.close());
  return host;
}

test('a key that a command prints is in no file, no line, no digest and no view, and the counts are those of what is stored', async () => {
  const host = setUp();
  const command = `printf 'before %s after\\n' "$PRINTED"; printf '%s\\n' "$ENCODED"`;
  const taskId = host.spawn(command, { PRINTED: KEY, ENCODED: Buffer.from(KEY).toString('base64') }, { keys: [KEY], lines: true });
  const viewerId = 1 as never; // branded numbers
  host.core.handle({ t: 'attach', view: { viewerId, taskId, cols: 80, rows: 24, focused: true } });
  const end = await host.ended(taskId);
  const expected = /^before \[key redacted\] after\n\[key redacted\].{0,4}\n$/;
  expect(host.raw(taskId).toString()).toMatch(expected);
  expect(host.text(taskId)).toMatch(expected);
  expect(end.text.head).toMatch(expected);
  expect(end.outputBytes).toBe(host.raw(taskId).length);
  const seen =
    JSON.stringify(host.updates) + host.frames.map((frame) => ('bytes' in frame ? Buffer.from(frame.bytes).toString() : '')).join('');
  expect(seen).not.toContain(KEY);
  expect(seen).not.toContain(Buffer.from(KEY).toString('base64').slice(0, 16));
});

test('a key in pieces is replaced however the command writes them, and a prompt that ends like a key begins is shown', async () => {
  const host = setUp();
  const pieces = [...KEY].map((character) => `printf '%s' '${character}'; read -rt 0.002 _ < <(:) || true`);
  const inPieces = host.spawn(pieces.join('\n'), {}, { keys: [KEY] });
  await host.ended(inPieces);
  expect(host.raw(inPieces).toString()).toMatch(/^s?k?-?s?c?r?i?\[key redacted\]$/);

  const asks = host.spawn(`printf 'Continue? s'; sleep 600`, {}, { keys: [KEY] });
  await expect.poll(() => host.raw(asks).toString()).toBe('Continue? s');
  host.core.handle({ t: 'stop', taskId: asks, force: true });
  await host.ended(asks);
});
