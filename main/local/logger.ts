/**
 * The log of a host: one JSON object per line in `<gantryHome>/logs/<name>.log`, rotated by size.
 * Every line is redacted here, so that no caller has to remember it.
 */
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { redactText, redactValue } from '../engine/index.ts';
import type { Logger } from '../engine/ports.ts';

export interface LoggerOptions {
  readonly gantryHome: string;
  /** Names the file: `desktop`, `server`, `cli`. */
  readonly name: string;
  readonly nowMs: () => number;
  /** Also writes debug lines, and every line to stderr as well. */
  readonly debug?: boolean;
  readonly maxBytes?: number;
}

/** At this size the file becomes `.1`, the former `.1` becomes `.2`, and the former `.2` is deleted. Unit: bytes. */
const MAX_BYTES = 5 * 1024 * 1024;
const KEPT_FILES = 2;

/**
 * Opens a log; the first line creates the file and its folder (0700). Never throws: an unwritable log is
 * silent. Lines are written at once, so that the last ones before a crash are kept.
 */
export function createLogger(options: LoggerOptions): Logger & { readonly path: string } {
  const path = join(options.gantryHome, 'logs', `${options.name}.log`);
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  let bytes: number | undefined;

  const write = (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => {
    if (level === 'debug' && options.debug !== true) return;
    const line = `${toLine({ time: new Date(options.nowMs()).toISOString(), level, message: redactText(message) }, fields)}\n`;
    if (options.debug === true) process.stderr.write(line);
    try {
      bytes ??= openLog(path);
      if (bytes > 0 && bytes + line.length > maxBytes) {
        rotate(path);
        bytes = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      bytes += Buffer.byteLength(line);
    } catch {
      bytes = undefined; // a full or read-only disk must not stop the work; the next line tries again
    }
  };

  return {
    path,
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

/** Writes nothing; for tests and for hosts without a log folder. */
export const silentLogger: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Fields cannot replace time, level and message. If JSON cannot hold a value, the line says so in place of the fields. */
function toLine(head: Record<string, unknown>, fields: Record<string, unknown> | undefined): string {
  try {
    return JSON.stringify({ ...(redactValue(fields ?? {}) as Record<string, unknown>), ...head }); // an object stays an object
  } catch (error) {
    return JSON.stringify({ ...head, unwritable: redactText(String(error)) });
  }
}

/** Returns the size so far. */
function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function rotate(path: string): void {
  rmSync(`${path}.${KEPT_FILES}`, { force: true });
  for (let number = KEPT_FILES - 1; number >= 0; number -= 1) {
    const from = number === 0 ? path : `${path}.${number}`;
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${path}.${number + 1}`);
  }
}
