import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { loadSdk } from './sdk.ts';
import { createStderrTail } from './stderr-tail.ts';
import { createStdioTransport } from './stdio-transport.ts';

const quiet = () => undefined;

test('the guard hears of a server in the moment it is started, and when it is over', async () => {
  const told: string[] = [];
  const { JSONRPCMessageSchema } = await loadSdk();
  const transport = createStdioTransport(
    { kind: 'stdio', command: 'cat', args: [], cwd: tmpdir(), env: {} },
    {
      name: 'cat',
      env: { PATH: process.env['PATH'] ?? '' },
      schema: JSONRPCMessageSchema,
      groups: { add: () => void told.push('added'), remove: () => void told.push('removed'), close: quiet },
      stderr: createStderrTail([], quiet),
      clock: { now: () => Date.now(), after: () => quiet },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
  );
  const started = transport.start();
  expect(told).toEqual(['added']); // nothing was waited for: an app that is killed now leaves nothing
  await started;
  await transport.close();
  expect(told).toEqual(['added', 'removed']);
});
