/** 40 tasks at 1 MB/s each for 30 s: is every byte in its file, and does the main process respond meanwhile? */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { startRig } from '../../e2e/support/model-server.ts';
import { expectedOutput, type Figures, generated, generator, quantile, rounded, sleep } from './figures.ts';
import { startTasks } from './start-tasks.ts';

const TASKS = 40;
const BYTES_PER_SECOND = 1_000_000;
const SECONDS = 30;
const ASK_EVERY_MS = 50;

export async function measureMany(): Promise<Figures> {
  const rig = await startRig();
  try {
    const summaries = Array.from({ length: TASKS }, (_unused, i) => join(rig.scratchDir, `many-${i}`));
    const started = await startTasks(
      rig,
      summaries.map((summary) => generator(summary, BYTES_PER_SECOND * SECONDS, BYTES_PER_SECOND)),
    );
    let isOver = false;
    const all = Promise.all(summaries.map(generated)).finally(() => void (isOver = true));
    const answersMs: number[] = [];
    while (!isOver) {
      const askedAt = performance.now();
      await rig.client.request('task.list', { sessionId: started.sessionId });
      answersMs.push(performance.now() - askedAt);
      await sleep(ASK_EVERY_MS);
    }
    const runs = await all;
    const ended = await started.ended;
    const expected = expectedOutput(BYTES_PER_SECOND * SECONDS);
    let whole = 0;
    for (const task of ended) if (await isSame((task.outputPath ?? '').replace(/\.output$/, '.raw'), expected)) whole += 1;
    const rates = runs.map((run) => run.bytes / (run.endMs - run.startMs) / 1000);
    return {
      tasks: TASKS,
      megabytesPerSecondOfTheSlowest: rounded(quantile(rates, 0), 3),
      rawFilesWithEveryByte: whole,
      bytesDropped: ended.reduce((sum, task) => sum + task.droppedBytes, 0),
      requests: answersMs.length,
      answerMsMedian: rounded(quantile(answersMs, 0.5), 2),
      answerMsP99: rounded(quantile(answersMs, 0.99), 2),
      answerMsMax: rounded(quantile(answersMs, 1), 2),
    };
  } finally {
    await rig.close();
  }
}

async function isSame(path: string, expected: Buffer): Promise<boolean> {
  let at = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (!(chunk instanceof Buffer) || !chunk.equals(expected.subarray(at, at + chunk.length))) return false;
    at += chunk.length;
  }
  return at === expected.length;
}
