/**
 * The pty host's process: a channel around pty-host.ts.
 * The channel is Electron's (`process.parentPort` of a utility process) or Node's (a forked child with advanced
 * serialization), whichever exists. When the owner disappears, the pty host stops every group and exits.
 */
import { createCollectLater } from './collect-later.ts';
import { closeInherited } from './process/descriptors.ts';
import { type FromPtyHost, isToPtyHost, type ToPtyHost } from './protocol.ts';
import { createPtyHost } from './pty-host.ts';
import { loadPtySpawner } from './process/spawn-pty.ts';

interface OwnerPort {
  post(message: FromPtyHost): void;
  onMessage(listener: (message: unknown) => void): void;
  onGone(listener: () => void): void;
}

function openOwnerPort(): OwnerPort {
  const parentPort: unknown = Reflect.get(process, 'parentPort');
  if (isParentPort(parentPort)) {
    return {
      post: (message) => parentPort.postMessage(message),
      onMessage: (listener) => void parentPort.on('message', (event) => listener(event.data)),
      onGone: (listener) => void parentPort.on('close', listener),
    };
  }
  return {
    post: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined); // a broken channel shows as 'disconnect'
    },
    onMessage: (listener) => void process.on('message', listener),
    onGone: (listener) => void process.on('disconnect', listener),
  };
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: string, listener: (event: { data: unknown }) => void): void;
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value;
}

async function run(): Promise<void> {
  // Only under Node: the inherited descriptors of a utility process belong to Chromium.
  if (process.send !== undefined) closeInherited();
  const owner = openOwnerPort();
  const early: ToPtyHost[] = [];
  let handle = (message: ToPtyHost): void => void early.push(message);
  owner.onMessage((message) => {
    if (isToPtyHost(message)) handle(message);
  });
  // The owner decides when to stop; a Ctrl+C in its terminal is not meant for the commands.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('uncaughtException', (error) => {
    owner.post({ t: 'log', level: 'error', message: 'uncaught in the pty host', fields: { error: error.stack ?? error.message } });
  });

  const backend = await loadPtySpawner().then(
    (spawnPty) => ({ spawnPty }),
    (error: unknown) => ({
      spawnPty: undefined,
      why: `node-pty could not be loaded (${error instanceof Error ? error.message : String(error)})`,
    }),
  );
  const core = createPtyHost({ post: owner.post, onBytes: createCollectLater(), ...backend });
  let isLeaving = false;
  const leave = () => {
    if (isLeaving) return;
    isLeaving = true;
    // Everything is flushed. An ordinary exit was observed to hang in node-pty's waiting thread, with no owner left to end it.
    void core.close().finally(() => process.kill(process.pid, 'SIGKILL'));
  };
  process.on('SIGTERM', leave);
  owner.onGone(leave);
  if (process.send !== undefined && !process.connected) leave(); // it disconnected while node-pty was loading
  handle = (message) => core.handle(message);
  for (const message of early) core.handle(message);
}

void run();
