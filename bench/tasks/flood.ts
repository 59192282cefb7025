/** 100 MB at full speed, with the window watching: the cost for the process, and for a user who types. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { cpuBetween, type CpuTimes, cpuTimes } from './cpu-times.ts';
import { type Figures, generated, generator, quantile, rounded, sleep, until } from './figures.ts';
import { openFloodWindow, type Seen, watchPage, whatWasSeen } from './flood-window.ts';

const BYTES = 100_000_000;
const ROUNDS = 5;
/** 120 words a minute. */
const KEY_EVERY_MS = 100;
const KEYS_A_HAND = 6;
const PLAIN_PTY = new URL('./plain-pty.ts', import.meta.url).pathname;

/**
 * Plain and watched runs alternate, so that a change of the machine's load affects both. The plain one runs twice: alone, and
 * beside the same window with the same typing in it, which uses the processor too.
 */
export async function measureFlood(): Promise<Figures> {
  const alone: Plain[] = [];
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await runPlain());
    rounds.push(await runInWindow());
  }
  const seen = rounds.map((one) => one.seen);
  const middle = (of: readonly number[]) => rounded(quantile(of, 0.5), 0);
  const p95 = (of: readonly number[]) => rounded(quantile(of, 0.95));
  const runMs = rounds.map((one) => one.runMs);
  const besideMs = rounds.map((one) => one.beside.runMs);
  return {
    megabytes: BYTES / 1e6,
    rounds: ROUNDS,
    plainMs: alone.map((one) => Math.round(one.runMs)),
    plainBesideWindowMs: besideMs.map((ms) => Math.round(ms)),
    watchedMs: runMs.map((ms) => Math.round(ms)),
    speedRatio: rounded(quantile(besideMs, 0.5) / quantile(runMs, 0.5), 2),
    speedRatioToPlainAlone: rounded(
      quantile(
        alone.map((one) => one.runMs),
        0.5,
      ) / quantile(runMs, 0.5),
      2,
    ),
    plainCpuMs: middle(alone.map((one) => one.cpuMs)),
    besideCpuMs: rounds.map((one) => one.besideCpuMs),
    watchedCpuMs: rounds.map((one) => one.cpuMs),
    finalScreenMs: rounds.map((one) => Math.round(one.seen.lastLineAtMs - one.endMs)),
    finalScreenMsMedian: middle(rounds.map((one) => one.seen.lastLineAtMs - one.endMs)),
    longestBlockMs: seen.map((one) => Math.round(Math.max(0, ...one.longTasks))),
    keyToGlyphBesideMsP95: p95(rounds.flatMap((one) => one.besideSeen.composer)),
    echoBesideMsP95: p95(rounds.flatMap((one) => one.besideSeen.echo)),
    keyToGlyphMsP95: p95(seen.flatMap((one) => one.composer)),
    keys: seen.flatMap((one) => one.composer).length,
    echoMsP95: p95(seen.flatMap((one) => one.echo)),
    echoes: seen.flatMap((one) => one.echo).length,
  };
}

interface Plain {
  readonly runMs: number;
  readonly cpuMs: number;
}

async function runPlain(): Promise<Plain> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-plain-'));
  try {
    const summary = join(folder, 'summary');
    const { stdout } = await promisify(execFile)(process.execPath, [PLAIN_PTY, generator(summary, BYTES, 0), folder]);
    const run = await generated(summary);
    return { runMs: run.endMs - run.startMs, cpuMs: Number(stdout) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Round {
  readonly beside: Plain;
  readonly runMs: number;
  readonly endMs: number;
  /** For the whole machine, during the plain run and during the watched one. */
  readonly besideCpuMs: CpuTimes;
  readonly cpuMs: CpuTimes;
  /** For the same typing in the same window: beside the plain run, and with the flood in Gantry. */
  readonly besideSeen: Seen;
  readonly seen: Seen;
}

async function runInWindow(): Promise<Round> {
  const window = await openFloodWindow((scratchDir) => generator(join(scratchDir, 'summary'), BYTES, 0, { wait: true }));
  const { page, scratchDir } = window;
  try {
    const summary = join(scratchDir, 'summary');
    await sleep(1000); // the work of opening the window is done
    const before = await cpuTimes();
    await watchPage(page);
    const beside = await typeDuring(page, runPlain());
    const besideSeen = await whatWasSeen(page);
    const between = await cpuTimes();
    await watchPage(page);
    await writeFile(`${summary}.go`, '');
    const { startMs, endMs } = await typeDuring(page, generated(summary));
    const cpuMs = cpuBetween(between, await cpuTimes());
    await until(async () => (await whatWasSeen(page)).lastLineAtMs > 0, 'the last line', 30_000);
    return {
      beside,
      besideCpuMs: cpuBetween(before, between),
      runMs: endMs - startMs,
      endMs,
      cpuMs,
      besideSeen,
      seen: await whatWasSeen(page),
    };
  } finally {
    await window.close();
  }
}

/** Types alternately in the composer and in the terminal in which `cat` runs. */
async function typeDuring<T>(page: Page, run: Promise<T>): Promise<T> {
  const composer = page.getByRole('textbox', { name: 'Message' });
  const cat = page.locator('[data-shell-card] .xterm-helper-textarea');
  let isOver = false;
  const result = run.finally(() => void (isOver = true));
  for (let hand = 0; !isOver; hand += 1) {
    await (hand % 2 === 0 ? composer : cat).focus();
    for (let key = 0; key < KEYS_A_HAND && !isOver; key += 1) {
      await page.keyboard.press('x');
      await sleep(KEY_EVERY_MS);
    }
  }
  return result;
}
