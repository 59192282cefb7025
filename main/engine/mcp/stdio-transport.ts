/**
 * A server as a child process. The library's own transport has no process group and no limit on what it reads. Owns: the child,
 * its group (registered with a guard that ends it when this process dies), the framing, and the end: TERM to the group, 2 s,
 * KILL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock, Logger, ProcessGroups } from '../ports.ts';
import { coverDescriptors } from '../../lib/cover-descriptors.ts';
import { createFloodGuard, MAX_MESSAGE_BYTES } from './flood-guard.ts';
import type { StdioConfig } from './server-config.ts';
import type { Sdk } from './sdk.ts';
import { splitLines } from './split-lines.ts';
import type { StderrTail } from './stderr-tail.ts';

export interface StdioTransportDeps {
  readonly name: string;
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  readonly schema: Sdk['JSONRPCMessageSchema'];
  readonly groups: ProcessGroups;
  readonly stderr: StderrTail;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface StdioTransport extends Transport {
  /** Why it ended by itself, for people. */
  whyEnded(): string | undefined;
}

const KILL_MS = 2_000;
/** How long a child of it may keep writing after it has ended, because that child holds the pipes. Unit: ms. */
const DRAIN_MS = 200;
/** The limit for messages that it has not read. Unit: bytes. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

export function createStdioTransport(config: StdioConfig, deps: StdioTransportDeps): StdioTransport {
  const { clock, groups, logger, name, schema, stderr } = deps;
  const guard = createFloodGuard(() => clock.now());
  let child: ChildProcess | undefined;
  let why: string | undefined;
  let isOver = false;
  let closing: Promise<void> | undefined;
  let resolveClosed = (): void => undefined;
  const closed = new Promise<void>((resolve) => (resolveClosed = resolve));

  /** The transport is finished: reported once, whichever side ended it. */
  const over = (reason: string) => {
    if (isOver) return;
    isOver = true;
    why ??= reason;
    transport.onclose?.();
  };
  const fail = (reason: string) => {
    if (isOver) return;
    why ??= reason;
    logger.warn('An MCP server is ended', { server: name, reason });
    over(reason);
    void transport.close();
  };
  const lines = splitLines(MAX_MESSAGE_BYTES, (line) => {
    if (isOver || line.length === 0) return;
    const message = parse(line, schema);
    const tooMuch = message === undefined ? guard.garbage(line.length) : guard.message(line.length);
    if (tooMuch !== undefined) fail(tooMuch);
    else if (message !== undefined) transport.onmessage?.(message);
  });

  function start(): Promise<void> {
    const taskId = `mcp_${randomBytes(4).toString('hex')}`;
    return new Promise((resolve, reject) => {
      const covered = coverDescriptors();
      // With a list of any length the types no longer state that the first three are pipes.
      const started = spawn(config.command, [...config.args], {
        cwd: config.cwd,
        env: { ...deps.env, GANTRY_TASK_ID: taskId },
        stdio: ['pipe', 'pipe', 'pipe', ...covered.stdio],
        detached: process.platform !== 'win32', // a separate group: all of it is ended, and our Ctrl+C does not reach it
        windowsHide: true,
      });
      covered.close();
      child = started;
      started.on('error', (error) => {
        reject(error);
        over(error.message);
      });
      const { pid } = started; // reported at once: until then the guard cannot end it when this process dies
      if (pid !== undefined) groups.add({ pid, taskId, command: config.command, cwd: config.cwd, startedAtMs: clock.now() });
      started.on('spawn', () => resolve());
      started.on('exit', (code, signal) => {
        why ??= signal === null ? `It ended with exit code ${code ?? 'unknown'}.` : `It was ended by ${signal}.`;
        void transport.close(); // ends the processes that it has started
      });
      started.on('close', () => {
        resolveClosed();
        over('It ended.');
      });
      // Without free descriptors there are no pipes, whatever the types say; the error above follows.
      started.stdin?.on('error', (error) => logger.debug('An MCP server does not read', { server: name, error: error.message }));
      started.stdout?.on('data', (chunk: Buffer) => {
        if (!lines.push(chunk)) fail(`It sent a message of more than ${MAX_MESSAGE_BYTES / 1024 / 1024} MB.`);
      });
      started.stderr?.on('data', stderr.push);
    });
  }

  async function end(): Promise<void> {
    const running = child;
    const pid = running?.pid;
    if (running === undefined || pid === undefined) return over('It was not started.');
    running.stdin?.end();
    if (signalGroup(pid, 'SIGTERM')) {
      await waitUntilGone(pid, clock);
      signalGroup(pid, 'SIGKILL');
    }
    // Its last output is still in the pipes, which a child that has left the group may hold open.
    await Promise.race([closed, new Promise<void>((resolve) => clock.after(DRAIN_MS, resolve))]);
    running.stdout?.destroy();
    running.stderr?.destroy();
    groups.remove(pid);
    over('It was stopped.');
  }

  const transport: StdioTransport = {
    start,
    async send(message: JSONRPCMessage) {
      const stdin = child?.stdin;
      if (isOver || stdin?.writable !== true) throw new Error(why ?? 'It is not running.');
      if (stdin.writableLength > MAX_UNREAD_BYTES) throw new Error('It does not read its messages.');
      stdin.write(`${JSON.stringify(message)}\n`);
    },
    close() {
      closing ??= end();
      return closing;
    },
    whyEnded: () => why,
  };
  return transport;
}

function parse(line: Buffer, schema: Sdk['JSONRPCMessageSchema']): JSONRPCMessage | undefined {
  try {
    return schema.safeParse(JSON.parse(line.toString('utf8'))).data;
  } catch {
    return undefined; // a banner, or worse: the guard counts it
  }
}

/** False when the group has no member left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false; // ESRCH
  }
}

/** Unit: ms. */
const LOOK_MS = 20;

/** Resolves when the group is empty, and after two seconds at the latest. A zombie's group is gone once Node has reaped it. */
function waitUntilGone(pid: number, clock: Clock): Promise<void> {
  const deadline = clock.now() + KILL_MS;
  return new Promise((resolve) => {
    const look = () => {
      if (clock.now() >= deadline || !signalGroup(pid, 0)) resolve();
      else setTimeout(look, LOOK_MS); // keeps this process, which is about to end, alive until the group is gone
    };
    look();
  });
}
