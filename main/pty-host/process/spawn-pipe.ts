/**
 * Runs a command without a terminal when no PTY is available.
 *
 * stdout and stderr each hold back an unfinished UTF-8 character until it is complete, so that the two can be mixed into
 * one stream without splitting a character (BT-4). The task ends when both have ended, or after 250 ms of silence after the
 * exit, 2 s at most: a grandchild may hold them open forever.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync, readlinkSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import type { ProcessEnding, SpawnRequest } from '../protocol.ts';
import type { Child, ChildEvents } from './child-process.ts';

const SILENCE_MS = 250;
const DRAIN_MS = 2000;

/** Errors: throws what `spawn` throws. A later failure is reported as an end with `error`. */
export function spawnPipe(request: SpawnRequest, events: ChildEvents): Child {
  const covers = coverTerminals();
  try {
    const child = spawn(request.shell, [...request.args], {
      cwd: request.cwd,
      env: { ...request.env },
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', ...covers.stdio],
    });
    return follow(child, events);
  } finally {
    covers.close();
  }
}

function follow(child: ChildProcess, events: ChildEvents): Child {
  let end: ProcessEnding | undefined;
  let silence: NodeJS.Timeout | undefined;
  let limit: NodeJS.Timeout | undefined;
  const streams = [child.stdout, child.stderr];
  const tails = { out: createCharacterTail(), err: createCharacterTail() };

  let isSilent = false;
  const deliver = (stream: 'out' | 'err', chunk: Uint8Array) => {
    isSilent = false;
    silence?.refresh();
    const whole = tails[stream].push(chunk);
    if (whole.length > 0) events.onData(whole, stream);
  };
  let isOver = false;
  const finish = () => {
    if (isOver || end === undefined) return;
    isOver = true;
    clearTimeout(silence);
    clearTimeout(limit);
    for (const stream of streams) {
      stream?.removeAllListeners();
      stream?.destroy();
    }
    child.removeAllListeners();
    for (const stream of ['out', 'err'] as const) {
      const rest = tails[stream].end();
      if (rest.length > 0) events.onData(rest, stream);
    }
    events.onEnd(end);
  };
  child.stdout?.on('data', (chunk: Uint8Array) => deliver('out', chunk));
  child.stderr?.on('data', (chunk: Uint8Array) => deliver('err', chunk));
  for (const stream of streams) stream?.on('error', () => undefined); // its 'close' ends the task
  child.on('error', (error) => {
    end ??= { error: child.pid === undefined ? `The command could not be started: ${error.message}` : error.message };
    if (child.pid === undefined) finish();
  });
  child.on('exit', (code, signal) => {
    end ??= { ...(code === null ? {} : { exitCode: code }), ...(signal === null ? {} : { signal: signalNumber(signal) }) };
    // After a blocked event loop, timers run before arrived bytes are read. `setImmediate` runs after the reads.
    silence = setTimeout(() => {
      isSilent = true;
      setImmediate(() => isSilent && finish());
    }, SILENCE_MS);
    limit = setTimeout(() => setImmediate(finish), DRAIN_MS);
  });
  child.on('close', finish);
  return {
    pid: child.pid ?? 0,
    backend: 'pipe',
    write: () => undefined, // without a terminal there is no input: the command reads an end of file
    resize: () => undefined,
    pause: () => {
      // After the exit Node resumes the streams, and a pause would count as silence.
      if (end === undefined) for (const stream of streams) stream?.pause();
    },
    resume: () => {
      if (!isOver) for (const stream of streams) stream?.resume();
    },
  };
}

interface CharacterTail {
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

function createCharacterTail(): CharacterTail {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const cut = endOfCharacters(data);
      rest = data.slice(cut);
      return cut === data.length ? data : data.subarray(0, cut);
    },
    end() {
      const last = rest;
      rest = new Uint8Array(0);
      return last;
    },
  };
}

function endOfCharacters(data: Uint8Array): number {
  const n = data.length;
  for (let back = 1; back <= 3 && back <= n; back++) {
    const b = data[n - back] ?? 0;
    if ((b & 0xc0) === 0x80) continue;
    const size = b < 0xc2 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 1;
    return size > back ? n - back : n;
  }
  return n;
}

function signalNumber(name: NodeJS.Signals): number {
  return osConstants.signals[name];
}

/**
 * `child_process` children inherit node-pty's masters and could type into another command's terminal (BT-31).
 * The child gets /dev/null in place of every such descriptor. Only Linux can list them.
 */
function coverTerminals(): { stdio: ('ignore' | number)[]; close(): void } {
  if (process.platform !== 'linux') return { stdio: [], close: () => undefined };
  const masters = readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && isMaster(fd));
  const last = Math.max(2, ...masters);
  if (last === 2) return { stdio: [], close: () => undefined };
  const nothing = openSync('/dev/null', constants.O_RDWR);
  const stdio = Array.from({ length: last - 2 }, (_, i) => (masters.includes(i + 3) ? nothing : ('ignore' as const)));
  return { stdio, close: () => closeSync(nothing) };
}

function isMaster(fd: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/ptmx');
  } catch {
    return false; // closed after it was listed
  }
}
