import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { loadSdk } from './sdk.ts';
import { createStderrTail } from './stderr-tail.ts';
import { createStdioTransport } from './stdio-transport.ts';

const quiet = () => undefined;

test('the guard is notified when a server is started, and when it has ended', async () => {
  const calls: string[] = [];
  const { JSONRPCMessageSchema } = await loadSdk();
  const transport = createStdioTransport(
    { kind: 'stdio', command: 'cat', args: [], cwd: tmpdir(), env: {} },
    {
      name: 'cat',
      env: { PATH: process.env['PATH'] ?? '' },
      schema: JSONRPCMessageSchema,
      groups: { add: () => void calls.push('added'), remove: () => void calls.push('removed'), close: quiet },
      stderr: createStderrTail([], quiet),
      clock: { now: () => Date.now(), after: () => quiet },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
  );
  const started = transport.start();
  expect(calls).toEqual(['added']); // there was no wait: an app that is killed now leaves nothing behind
  await started;
  await transport.close();
  expect(calls).toEqual(['added', 'removed']);
});
