/**
 * An append-only file that never makes its writer wait.
 *
 * Owns: the open file (0600), the queue in front of it, its bounds, the count of what did not fit, and the marker lines
 * that report it. Bytes pushed while the file opens are queued and written first. It never throws and never rejects:
 * `trouble` describes the failure in words for people.
 * Order: push ..., then close once. `flushed` resolves when all accepted bytes are written or the file has failed.
 */
import { constants, fstat, mkdir, open as openFile, writev } from 'node:fs';
import { dirname } from 'node:path';
import { close } from './process/descriptors.ts';

export interface FileSinkOptions {
  readonly path: string;
  /** Bytes beyond this size are counted, not kept. */
  readonly capBytes: number;
  /** Queued bytes beyond this size are counted, not kept. */
  readonly queueBytes: number;
  /** The queue is written after this time at the latest. Unit: ms. */
  readonly gatherMs?: () => number;
}

export interface FileSink {
  push(bytes: Uint8Array): void;
  flushed(): Promise<void>;
  close(): Promise<void>;
  /** Length of the file once all accepted bytes are written, markers included. */
  readonly acceptedBytes: number;
  readonly queuedBytes: number;
  readonly droppedBytes: number;
  /** False while bytes are being dropped: the file's end is not the output's end. */
  readonly isCurrent: boolean;
  readonly trouble: string | undefined;
}

/**
 * The queue is written at this size or after this time. One call for each 4 KiB costs a flood a fifth of its speed; a larger
 * size costs it a tenth, because the bytes have left the processor's cache when they are copied.
 */
const GATHER_BYTES = 64 * 1024;
export const GATHER_MS = 25;
/** Used while many files receive much output: each write wakes a thread. Unit: ms. */
export const FLOOD_GATHER_MS = 100;
/** Some kernels refuse more buffers in one call. */
const MAX_BUFFERS = 512;

export function createFileSink(options: FileSinkOptions): FileSink {
  return new Sink(options);
}

class Sink implements FileSink {
  acceptedBytes = 0;
  queuedBytes = 0;
  droppedBytes = 0;
  private readonly options: FileSinkOptions;
  private queue: Uint8Array[] = [];
  private fd: number | undefined;
  private isWriting = false;
  private gather: NodeJS.Timeout | undefined;
  private isCapped = false;
  private gapBytes = 0;
  private failure: string | undefined;
  private isClosing = false;
  private isClosed = false;
  private waiters: { readonly until: number; readonly done: () => void }[] = [];
  private writtenBytes = 0;
  private onClosed: (() => void)[] = [];

  constructor(options: FileSinkOptions) {
    this.options = options;
    this.open();
  }

  get isCurrent(): boolean {
    return this.failure === undefined && !this.isCapped && this.gapBytes === 0;
  }

  get trouble(): string | undefined {
    if (this.failure !== undefined) return `the output file could not be written: ${this.failure}`;
    if (this.isCapped) return `output beyond ${formatSize(this.options.capBytes)} is not kept`;
    if (this.droppedBytes > 0) return 'the disk was too slow for the output';
    return undefined;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.failure !== undefined || this.isCapped || this.isClosing) {
      this.droppedBytes += bytes.length;
      return;
    }
    if (
      this.queuedBytes + bytes.length > this.options.queueBytes ||
      (this.gapBytes > 0 && this.queuedBytes * 2 > this.options.queueBytes)
    ) {
      this.droppedBytes += bytes.length;
      this.gapBytes += bytes.length;
      return;
    }
    if (this.gapBytes > 0) this.mark(`${this.gapBytes} bytes of output are missing here: the disk was too slow`);
    this.gapBytes = 0;
    const room = this.options.capBytes - this.acceptedBytes;
    if (bytes.length > room) {
      this.accept(bytes.subarray(0, Math.max(0, room)));
      this.droppedBytes += bytes.length - Math.max(0, room);
      this.isCapped = true;
      this.mark(`output beyond ${formatSize(this.options.capBytes)} is not kept`);
    } else this.accept(bytes);
    if (this.queuedBytes >= GATHER_BYTES) this.pump();
    else this.pumpSoon();
  }

  flushed(): Promise<void> {
    if (this.failure !== undefined || this.isClosed || this.writtenBytes >= this.acceptedBytes) return Promise.resolve();
    return new Promise((done) => {
      this.waiters.push({ until: this.acceptedBytes, done });
      this.pump();
    });
  }

  close(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    return new Promise((done) => {
      this.onClosed.push(done);
      if (this.isClosing) return;
      if (this.gapBytes > 0) this.mark(`${this.gapBytes} bytes of output are missing here: the disk was too slow`);
      this.isClosing = true;
      this.pump();
    });
  }

  private mark(text: string): void {
    this.accept(Buffer.from(`\r\n[gantry: ${text}]\r\n`));
  }

  private accept(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.queue.push(bytes);
    this.queuedBytes += bytes.length;
    this.acceptedBytes += bytes.length;
  }

  private open(): void {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
    makeFolder(dirname(this.options.path), () => {
      // If the folder cannot be created, opening the file in it fails and reports it.
      openFile(this.options.path, flags, 0o600, (error, fd) => {
        if (error === null) {
          this.fd = fd;
          this.pump();
        } else this.fail(error);
      });
    });
  }

  private pumpSoon(): void {
    this.gather ??= setTimeout(() => this.pump(), this.options.gatherMs?.() ?? GATHER_MS);
  }

  private pump(): void {
    if (this.isWriting) return;
    clearTimeout(this.gather);
    this.gather = undefined;
    if (this.fd === undefined) {
      if (this.failure !== undefined) this.finish();
      return;
    }
    if (this.queue.length === 0) {
      if (this.isClosing) this.finish();
      return;
    }
    const batch = this.queue.length <= MAX_BUFFERS ? this.queue : this.queue.slice(0, MAX_BUFFERS);
    this.queue = this.queue.length <= MAX_BUFFERS ? [] : this.queue.slice(MAX_BUFFERS);
    this.write(batch);
  }

  private write(batch: Uint8Array[]): void {
    if (this.fd === undefined) return;
    this.isWriting = true;
    writev(this.fd, batch, null, (error, written) => {
      this.isWriting = false;
      if (error !== null) {
        if (error.code === 'EAGAIN' || error.code === 'EINTR') this.write(batch);
        else this.fail(error);
        return;
      }
      this.queuedBytes -= written;
      this.writtenBytes += written;
      this.wake();
      const rest = unwritten(batch, written);
      if (rest.length > 0) this.write(rest);
      else if (this.isClosing || this.waiters.length > 0 || this.queuedBytes >= GATHER_BYTES) this.pump();
      else if (this.queuedBytes > 0) this.pumpSoon();
    });
  }

  private fail(error: NodeJS.ErrnoException): void {
    this.failure = describe(error);
    this.droppedBytes += this.queuedBytes;
    this.queue = [];
    this.queuedBytes = 0;
    clearTimeout(this.gather);
    this.wake();
    if (this.isClosing) this.finish();
  }

  private wake(): void {
    const isOver = this.failure !== undefined;
    const ready = this.waiters.filter((waiter) => isOver || waiter.until <= this.writtenBytes);
    if (ready.length === 0) return;
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.done();
  }

  /** Tries once to write the marker of a failed file; while the disk is still full, the file has no marker. */
  private finish(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const fd = this.fd;
    this.fd = undefined;
    const done = () => {
      this.wake();
      for (const resolve of this.onClosed) resolve();
      this.onClosed = [];
    };
    if (fd === undefined) {
      done();
      return;
    }
    const closing = () => {
      close(fd);
      done();
    };
    if (this.failure !== undefined) {
      const marker = `\r\n[gantry: ${this.droppedBytes} bytes of output are missing: ${this.failure}]\r\n`;
      writev(fd, [Buffer.from(marker)], null, closing);
      return;
    }
    // Writes to a removed file succeed, but no process can open it to read them.
    fstat(fd, (error, found) => {
      if (error === null && found.nlink === 0) {
        this.failure = 'it was removed while the command ran';
        this.droppedBytes += this.acceptedBytes;
      }
      closing();
    });
  }
}

/** Not `recursive`: Node loops forever when a parent cannot be created, as in /proc. */
function makeFolder(path: string, done: () => void): void {
  mkdir(path, { mode: 0o700 }, (error) => {
    const parent = dirname(path);
    if (error?.code === 'ENOENT' && parent !== path) makeFolder(parent, () => mkdir(path, { mode: 0o700 }, () => done()));
    else done();
  });
}

function unwritten(batch: readonly Uint8Array[], written: number): Uint8Array[] {
  let left = written;
  const rest: Uint8Array[] = [];
  for (const bytes of batch) {
    if (left >= bytes.length) left -= bytes.length;
    else {
      rest.push(left === 0 ? bytes : bytes.subarray(left));
      left = 0;
    }
  }
  return rest;
}

function describe(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOSPC':
      return 'no space left on the disk (ENOSPC)';
    case 'EACCES':
    case 'EPERM':
      return `permission denied (${error.code})`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `its folder does not exist and could not be created (${error.code})`;
    default:
      return error.code ?? error.message;
  }
}

function formatSize(bytes: number): string {
  return bytes >= 1024 ** 3 ? `${bytes / 1024 ** 3} GiB` : `${Math.round(bytes / 1024)} KiB`;
}
