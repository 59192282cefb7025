import { expect, test } from 'vitest';
import type { ToPtyHost } from '../pty-host/protocol.ts';
import { silentLogger } from './logger.ts';
import { createPtyClient, type PtyChannel } from './pty-client.ts';

test('BT-18: closing ends with the answer of the pty host, even if its exit is never reported', async () => {
  const posted: ToPtyHost['t'][] = [];
  let answer = (_message: unknown): void => undefined;
  let kills = 0;
  const channel: PtyChannel = {
    post: ({ t }) => {
      posted.push(t);
      if (t === 'close') answer({ t: 'closed' });
    },
    onMessage: (listener) => void (answer = listener),
    onExit: () => undefined,
    kill: () => void kills++,
  };
  const client = createPtyClient(channel, silentLogger);
  await client.close();
  expect({ posted, kills }).toEqual({ posted: ['close'], kills: 1 });
});
