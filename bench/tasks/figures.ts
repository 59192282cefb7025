/** Shared by the parts of the benchmark: figures, the load generator, and inspection of processes. */
import { readFile, stat } from 'node:fs/promises';

export type Figures = Readonly<Record<string, unknown>>;

const GENERATOR = new URL('./generator.pl', import.meta.url).pathname;

/** A command line. Units: bytes, bytes a second (0: as fast as it can). */
export function generator(summaryPath: string, bytes: number, bytesPerSecond: number, options: { wait?: boolean } = {}): string {
  return `exec perl '${GENERATOR}' '${summaryPath}' ${bytes} ${bytesPerSecond}${options.wait === true ? ' wait' : ''}`;
}

/** What it wrote beside its output. Units: ms since the epoch. */
export async function generated(summaryPath: string): Promise<{ startMs: number; endMs: number; bytes: number }> {
  const isThere = async () => (await stat(summaryPath).catch(() => undefined)) !== undefined;
  await until(isThere, 'the generator to finish', 300_000, 50); // it reports its own end: frequent polling would slow it down
  const [start = 0, end = 0, bytes = 0] = (await readFile(summaryPath, 'utf8')).trim().split(' ').map(Number);
  return { startMs: start * 1000, endMs: end * 1000, bytes };
}

/** The bytes that arrive: the terminal turns LF into CR LF, and the last line follows. */
export function expectedOutput(bytes: number): Buffer {
  const lines = Array.from(
    { length: 887 },
    (_unused, i) => `${String(i + 1).padStart(7, '0')} the quick brown fox jumps over the lazy dog, again and again and\n`,
  ).join('');
  const block = `${lines}${'-'.repeat(65_535 - lines.length)}\n`;
  const whole = block.repeat(Math.ceil(bytes / block.length)).slice(0, bytes);
  return Buffer.from(`${whole}\nthe last line\n`.replaceAll('\n', '\r\n'));
}

export function quantile(of: readonly number[], at: number): number {
  return [...of].sort((a, b) => a - b)[Math.min(of.length - 1, Math.floor(of.length * at))] ?? Number.NaN;
}

export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(isTrue: () => Promise<boolean> | boolean, what: string, timeoutMs = 60_000, everyMs = 5): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await sleep(everyMs);
  }
}
