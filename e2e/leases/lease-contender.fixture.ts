/**
 * One contender for session leases, in a separate process. Parent to child: `{ contend: <path of a session without .jsonl> }`,
 * `'release'`. Child to parent: `'ready'`, the result of the acquisition, `'released'`.
 */
import { createNodeClock } from '../../main/local/node-clock.ts';
import { acquireLease, type LeaseResult } from '../../main/engine/session-file/session-lease.ts';

export type ToContender = { readonly contend: string } | 'release';
export type FromContender = 'ready' | 'released' | { readonly held: boolean; readonly byPid?: number; readonly error?: string };

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = createNodeClock();
const send = (message: FromContender) => void process.send?.(message);
let last: LeaseResult | undefined;

process.on('message', (message: ToContender) => {
  const work = message === 'release' ? release() : contend(message.contend);
  work.catch((error: unknown) => send({ held: false, error: String(error) }));
});
process.on('disconnect', () => process.exit());
send('ready');

async function contend(basePath: string): Promise<void> {
  last = await acquireLease({ basePath, host: 'cli', clock, logger });
  send(last.held ? { held: true } : { held: false, byPid: last.by.pid });
}

async function release(): Promise<void> {
  if (last?.held) await last.lease.release();
  send('released');
}
