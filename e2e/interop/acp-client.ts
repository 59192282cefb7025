/** A real Qwen Code that stays open, controlled over its protocol for editors (ACP): what its own window can do to a session. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type ProgramName, start } from './programs.ts';
import type { World } from './world.ts';

export interface AcpClient extends AsyncDisposable {
  readonly pid: number | undefined;
  /** Errors: a refusal of the program, with its message. */
  request(method: string, params: object): Promise<unknown>;
  /** Loads a session of the fixture's project. */
  load(sessionId: string): Promise<void>;
  prompt(sessionId: string, parts: readonly object[]): Promise<void>;
}

/** If it does not end with its input, it is killed after this time. Unit: ms. */
const END_MS = 10_000;

interface Line {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly data?: unknown };
}

export async function startAcp(program: Exclude<ProgramName, 'gantry'>, world: World): Promise<AcpClient> {
  const child = start(program, world, ['--acp']);
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const closed = once(child, 'close');
  let nextId = 0;
  const send = (line: object) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...line })}\n`);
  child.stdin.on('error', () => undefined); // the test may kill it
  child.stderr.resume();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line: Line = JSON.parse(text);
    if (line.method !== undefined) {
      // It requests a permission, or reads a file through the client: the suite answers neither.
      if (line.id !== undefined) send({ id: line.id, error: { code: -32601, message: 'not here' } });
      return;
    }
    const asked = waiting.get(line.id ?? -1);
    waiting.delete(line.id ?? -1);
    if (line.error === undefined) asked?.resolve(line.result);
    else asked?.reject(new Error(`${line.error.message} ${JSON.stringify(line.error.data ?? '')}`));
  });
  void closed.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} has ended`));
  });
  const request: AcpClient['request'] = (method, params) => {
    nextId += 1;
    const id = nextId;
    send({ id, method, params });
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };
  await request('initialize', { protocolVersion: 1, clientCapabilities: { fs: { readTextFile: false, writeTextFile: false } } });
  return {
    pid: child.pid,
    request,
    async load(sessionId) {
      await request('session/load', { sessionId, cwd: world.project, mcpServers: [] });
    },
    async prompt(sessionId, parts) {
      await request('session/prompt', { sessionId, prompt: parts });
    },
    async [Symbol.asyncDispose]() {
      // It writes its records after its answers, so it must end by itself.
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await closed;
      clearTimeout(late);
    },
  };
}
