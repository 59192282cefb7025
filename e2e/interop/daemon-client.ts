/** The real `DaemonClient` and `DaemonSessionClient` of `@qwen-code/sdk` against a server, and what a program sees of it. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { type ProgramName, start } from './programs.ts';
import { SDK_VERSION } from './sdk-client.ts';
import type { World } from './world.ts';

type Json = Record<string, unknown>;

export interface ServerEvent {
  readonly type: string;
  readonly data: Json;
}

interface Session {
  readonly sessionId: string;
  readonly clientId: string;
  readonly replaySnapshot: { readonly compactedReplay: readonly ServerEvent[] };
  prompt(request: object): Promise<{ readonly stopReason: string }>;
  events(options: { signal: AbortSignal }): AsyncIterable<ServerEvent>;
  setModel(modelId: string): Promise<Json>;
  respondToSessionPermission(requestId: string, answer: object): Promise<boolean>;
  readonly [method: string]: unknown;
}

interface Client {
  readonly [method: string]: (...given: unknown[]) => Promise<Json>;
}

interface Sdk {
  readonly DaemonClient: new (options: object) => Client;
  readonly DaemonSessionClient: {
    createOrAttach(client: Client, request: object): Promise<Session>;
    load(client: Client, sessionId: string, request: object): Promise<Session>;
    resume(client: Client, sessionId: string, request: object): Promise<Session>;
  };
}

const TOKEN = 'token-of-the-interop-suite';

export async function openDaemonClient(program: Exclude<ProgramName, '0.15.10'>, world: World) {
  const file = join(process.env['GANTRY_INTEROP_QWEN'] ?? '', `sdk-${SDK_VERSION}`, 'node_modules/@qwen-code/sdk/dist/daemon/index.js');
  const sdk: Sdk = await import(pathToFileURL(file).href);
  const child = start(program, world, ['serve', '--port', '0'], { QWEN_SERVER_TOKEN: TOKEN });
  const closed = once(child, 'close');
  const baseUrl = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        const found = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    void closed.then(() => reject(new Error(`${program} serve has ended`)));
  });
  return {
    sdk,
    client: new sdk.DaemonClient({ baseUrl, token: TOKEN }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
