import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { plainFetch } from './plain-fetch.ts';

test('a host that accepts the connection and never answers is abandoned after ten seconds', async () => {
  const taken = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
    taken.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const failure = plainFetch(new URL(`https://127.0.0.1:${port}/`), { method: 'POST', headers: new Headers(), body: 'x' }).catch(
    (error: unknown) => error,
  );
  await taken.promise;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failure).toMatchObject({ message: 'fetch failed', cause: { code: 'ETIMEDOUT' } });
});
