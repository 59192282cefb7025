/**
 * A proxy in front of a mock model server: keeps every request unchanged, and breaks answers on demand in every protocol. It
 * knows only HTTP, so that one suite serves all protocols.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * `cut`: the connection is lost during the answer. `ended`: the answer ends there, cleanly and incomplete. `malformed`: the
 * rest is not JSON. `silent`: nothing follows. `status`: an error in the vendor's form.
 */
export type Spoil =
  | 'cut'
  | 'ended'
  | 'malformed'
  | 'silent'
  | { readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> };

export interface ModelFront {
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  /** The next requests to the model, in order, are answered like this; later ones are passed through. */
  spoil(...next: Spoil[]): void;
  /** Called for each request that `spoil` does not cover. */
  spoilBy(choose: () => Spoil | undefined): void;
  close(): Promise<void>;
}

/** `mockPath`: the mock's path for a request. */
export async function openModelFront(upstream: string, mockPath: (path: string) => string = (path) => path): Promise<ModelFront> {
  const requests: SeenRequest[] = [];
  const waiting: Spoil[] = [];
  let choose: () => Spoil | undefined = () => undefined;
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      const spoil = request.method === 'POST' ? (waiting.shift() ?? choose()) : undefined;
      return answer(`${upstream}${mockPath(request.url ?? '')}`, { request, body, response, spoil }).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    spoil: (...next) => void waiting.push(...next),
    spoilBy: (next) => void (choose = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly body: string;
  readonly response: ServerResponse;
  readonly spoil: Spoil | undefined;
}

async function answer(url: string, { request, body, response, spoil }: Exchange): Promise<void> {
  if (typeof spoil === 'object') {
    response.writeHead(spoil.status, { 'content-type': 'application/json', ...spoil.headers }).end(JSON.stringify(spoil.body));
    return;
  }
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
  const answered = await fetch(url, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>, // node joins all but set-cookie, which no request has
    ...(request.method === 'POST' ? { body } : {}),
  });
  const whole = Buffer.from(await answered.arrayBuffer());
  const retryAfter = answered.headers.get('retry-after');
  response.writeHead(answered.status, {
    'content-type': answered.headers.get('content-type') ?? 'application/json',
    ...(retryAfter === null ? {} : { 'retry-after': retryAfter }),
  });
  if (spoil === undefined) {
    response.end(whole);
    return;
  }
  const part = firstHalf(whole);
  if (spoil === 'ended') {
    response.end(part);
    return;
  }
  response.write(part, () => {
    if (spoil === 'cut') response.destroy();
    else if (spoil === 'malformed') response.end('data: {"broken": [}\n\n');
  });
}

/** To the end of an event, so that the next one is broken. */
function firstHalf(whole: Buffer): Buffer {
  const end = whole.indexOf('\n\n', Math.floor(whole.length / 3));
  return whole.subarray(0, end === -1 ? Math.floor(whole.length / 2) : end + 2);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
