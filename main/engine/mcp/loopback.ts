/** Waits on a loopback port for the browser to return from a sign-in. After one answer with the right state it is closed. */
import { createServer } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../ports.ts';

export interface CodeListener {
  readonly redirectUrl: string;
  /** Undefined: no answer in time, the listener was closed, or the sign-in was refused. */
  readonly code: Promise<string | undefined>;
  close(): void;
}

const PATH = '/callback';

/** `port` 0: any free one. Errors: those of the system if the port is taken. */
export async function awaitCode(options: { state: string; port: number; clock: Clock; limitMs: number }): Promise<CodeListener> {
  let resolveCode = (_code: string | undefined): void => undefined;
  const code = new Promise<string | undefined>((resolve) => (resolveCode = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const say = (status: number, text: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', connection: 'close' });
      response.end(text);
    };
    if (request.method !== 'GET' || url.pathname !== PATH) return say(404, 'There is nothing here.');
    // Any program on this machine, and any page in the browser, can send a request here; only the sign-in knows the state.
    if (!isSame(url.searchParams.get('state') ?? '', options.state)) return say(400, 'This is not the sign-in that was started.');
    const given = url.searchParams.get('code') ?? undefined;
    say(200, given === undefined ? 'The sign-in was refused. You can close this page.' : 'You are signed in. You can close this page.');
    finish(given);
  });
  const finish = (given: string | undefined) => {
    stopTimer();
    server.close();
    resolveCode(given);
  };
  const stopTimer = options.clock.after(options.limitMs, () => finish(undefined));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      stopTimer();
      reject(error);
    });
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return { redirectUrl: `http://127.0.0.1:${port}${PATH}`, code, close: () => finish(undefined) };
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
