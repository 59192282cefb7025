/** 100 MB as fast as it can, with the window looking on: what it costs the process, and what it costs whoever types. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node-pty';
import { type Figures, generated, generator, quantile, rounded, sleep, until } from './figures.ts';
import { openFloodWindow, type Seen, watchPage, whatWasSeen } from './flood-window.ts';

const BYTES = 100_000_000;
const ROUNDS = 3;
const KEY_EVERY_MS = 40;

/** Plain and watched runs take turns, so that a change of the machine's load meets both. */
export async function measureFlood(): Promise<Figures> {
  const plainMs: number[] = [];
  const watched: Watched[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    plainMs.push(await runPlain());
    watched.push(await runWatched());
  }
  const seen = watched.map((one) => one.seen);
  const middle = (of: readonly number[]) => rounded(quantile(of, 0.5), 0);
  const p95 = (of: readonly number[]) => rounded(quantile(of, 0.95));
  const runMs = watched.map((one) => one.runMs);
  return {
    megabytes: BYTES / 1e6,
    rounds: ROUNDS,
    plainMs: plainMs.map((ms) => Math.round(ms)),
    watchedMs: runMs.map((ms) => Math.round(ms)),
    speedRatio: rounded(quantile(plainMs, 0.5) / quantile(runMs, 0.5), 2),
    finalScreenMs: watched.map((one) => Math.round(one.seen.lastLineAtMs - one.endMs)),
    finalScreenMsMedian: middle(watched.map((one) => one.seen.lastLineAtMs - one.endMs)),
    longestBlockMs: seen.map((one) => Math.round(Math.max(0, ...one.longTasks))),
    keyToGlyphMsP95: p95(seen.flatMap((one) => one.composer)),
    keys: seen.flatMap((one) => one.composer).length,
    echoMsP95: p95(seen.flatMap((one) => one.echo)),
    echoes: seen.flatMap((one) => one.echo).length,
  };
}

/** node-pty in this process, which does nothing else, its bytes straight into a file. */
async function runPlain(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-plain-'));
  try {
    const file = createWriteStream(join(folder, 'out'));
    const command = generator(join(folder, 'summary'), BYTES, 0);
    const pty = spawn('/bin/bash', ['-c', command], { cols: 120, rows: 40, cwd: folder, encoding: null });
    pty.onData((bytes) => void file.write(bytes));
    await new Promise<void>((resolve) => void pty.onExit(() => resolve()));
    await new Promise<void>((resolve) => void file.end(resolve));
    const run = await generated(join(folder, 'summary'));
    return run.endMs - run.startMs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Watched {
  readonly runMs: number;
  readonly endMs: number;
  readonly seen: Seen;
}

async function runWatched(): Promise<Watched> {
  const window = await openFloodWindow((scratchDir) => generator(join(scratchDir, 'summary'), BYTES, 0, { wait: true }));
  const { page, scratchDir } = window;
  try {
    const summary = join(scratchDir, 'summary');
    const composer = page.getByRole('textbox', { name: 'Message' });
    const cat = page.locator('[data-shell-card] .xterm-helper-textarea');
    await sleep(1000); // what opening the window has begun is over
    await watchPage(page);
    let isOver = false;
    const run = generated(summary).finally(() => void (isOver = true));
    await writeFile(`${summary}.go`, '');
    for (let hand = 0; !isOver; hand += 1) {
      await (hand % 2 === 0 ? composer : cat).focus();
      for (let key = 0; key < 12 && !isOver; key += 1) {
        await page.keyboard.press('x');
        await sleep(KEY_EVERY_MS);
      }
    }
    const { startMs, endMs } = await run;
    await until(async () => (await whatWasSeen(page)).lastLineAtMs > 0, 'the last line', 30_000);
    return { runMs: endMs - startMs, endMs, seen: await whatWasSeen(page) };
  } finally {
    await window.close();
  }
}
