import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostEvent, isTerminalStatus, type SessionId, type TaskSummary } from '../../preload/contract/index.ts';
import type { Client } from '../../renderer/rpc/client.ts';
import type { Rig } from '../support/model-server.ts';
import type { Trial } from './plan.ts';
import { openViewer, referenceGrid, type Viewer } from './viewer.ts';

const LINES_PER_SECOND = 25_000;
/** A foreground command keeps files only if it printed more than 30,000 characters, whatever their size in bytes. */
const MAY_BE_KEPT_BYTES = 90_000;
const GENERATOR = new URL('./generator.pl', import.meta.url).pathname;

export interface TrialReport {
  readonly index: number;
  readonly problems: readonly string[];
  readonly promoted: boolean;
  /** The machine stalled for longer than a viewer's credit lasts, so this trial could not compare every byte of the view. */
  readonly eagerLagged: boolean;
  /** A silent process has none. */
  readonly linesPerSecond: number | undefined;
  readonly bytes: number;
  /** From the request to the answer. Unit: ms. */
  readonly promoteMs: number;
  /** The time of the request, from the start of the task and from its end. Unit: ms. */
  readonly sentAfterStartMs: number;
  readonly sentBeforeEndMs: number;
}

/** One process from start to end, promoted in between, with every byte accounted for. */
export async function runTrial(rig: Rig, trial: Trial, attempt = 1): Promise<TrialReport> {
  const { client } = rig;
  const summaryPath = join(rig.scratchDir, `trial-${trial.index}-${attempt}`);
  const sessionId = await rig.newSession();
  const seen = watchTask(client, sessionId);
  try {
    const command = `exec perl '${GENERATOR}' '${summaryPath}' ${LINES_PER_SECOND} ${trial.lifeMs} ${trial.split ? 'split' : 'plain'} ${trial.ending} ${trial.kind}`;
    await client.request('session.prompt', { sessionId, text: `RUN ${command}`, localId: `trial-${trial.index}` });
    const started = await seen.running;
    const eager = await openViewer(client, started.id, { eager: true });
    const lagging = trial.hasLaggingViewer ? await openViewer(client, started.id, { eager: false }) : undefined;
    await waitForMoment(trial, started, summaryPath);

    const sentAtMs = Date.now();
    const before = performance.now();
    const refusal = await client.request('task.promote', { taskId: started.id }).then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
    const promoteMs = performance.now() - before;
    const ended = await seen.ended;
    const [expectedHash = '', expectedBytes = '', lines = '', seconds = ''] = (await readFile(summaryPath, 'utf8')).trim().split(' ');

    const problems: string[] = [...seen.problems()];
    const check = (what: string, actual: unknown, expected: unknown) => {
      if (actual !== expected) problems.push(`${what}: ${String(actual)}, expected ${String(expected)}`);
    };
    if (refusal !== undefined) check('refusal', refusal, 'task_ended');
    checkEnd(trial, ended, check);
    check('bytes counted', ended.outputBytes, Number(expectedBytes));
    check('bytes dropped', ended.droppedBytes, 0);

    const raw = await readRaw(ended, refusal !== undefined);
    if (raw !== undefined) check('raw log', createHash('sha256').update(raw).digest('hex'), expectedHash);

    await eager.reached(ended.outputBytes);
    const eagerLagged = eager.replays() > 1;
    if (raw !== undefined && !eagerLagged)
      check('bytes of the eager viewer', eager.hash(), createHash('sha256').update(raw.subarray(eager.fromBytes())).digest('hex'));
    if (raw !== undefined) await checkScreen('eager viewer', eager, raw, check);
    await eager.close();
    if (lagging !== undefined) {
      lagging.catchUp();
      await lagging.reached(ended.outputBytes);
      if (raw !== undefined) await checkScreen('lagging viewer', lagging, raw, check);
      await lagging.close();
    }
    await seen.settled;
    const report = { index: trial.index, promoted: refusal === undefined, bytes: ended.outputBytes, promoteMs };
    return {
      ...report,
      problems,
      eagerLagged,
      linesPerSecond: trial.kind === 'silent' ? undefined : Number(lines) / Number(seconds),
      sentAfterStartMs: sentAtMs - ended.startedAtMs,
      sentBeforeEndMs: (ended.endedAtMs ?? 0) - sentAtMs,
    };
  } finally {
    seen.stop();
    await client.request('session.detach', { sessionId });
  }
}

/** If a command ended before it was promoted, a short output is not kept. */
async function readRaw(ended: TaskSummary, endedFirst: boolean): Promise<Buffer | undefined> {
  if (endedFirst && ended.outputBytes <= MAY_BE_KEPT_BYTES) return undefined;
  return readFile((ended.outputPath ?? '').replace(/\.output$/, '.raw'));
}

function checkEnd(trial: Trial, ended: TaskSummary, check: (what: string, actual: unknown, expected: unknown) => void): void {
  const [how = '', number = ''] = trial.ending.split(':');
  if (how === 'exit') {
    check('status', ended.status, number === '0' ? 'completed' : 'failed');
    check('exit code', ended.exitCode, Number(number));
    return;
  }
  check('status', ended.status, 'failed');
  check('signal', ended.signal, Number(number));
  check('error', ended.error, number === '9' ? 'Terminated by signal 9 (SIGKILL)' : 'Terminated by signal 15 (SIGTERM)');
}

async function checkScreen(
  who: string,
  viewer: Viewer,
  raw: Uint8Array,
  check: (what: string, actual: unknown, expected: unknown) => void,
): Promise<void> {
  const grid = await viewer.grid();
  check(`screen of the ${who}`, grid.text, (await referenceGrid(raw, grid.size)).text);
}

async function waitForMoment(trial: Trial, started: TaskSummary, summaryPath: string): Promise<void> {
  const atMs =
    trial.promote.from === 'start' ? started.startedAtMs + trial.promote.ms : (await plannedEndMs(summaryPath)) + trial.promote.ms;
  const waitMs = atMs - Date.now();
  if (waitMs > 2) await new Promise((resolve) => setTimeout(resolve, waitMs - 1));
  while (Date.now() < atMs) await new Promise((resolve) => setImmediate(resolve));
}

/** The generator writes its planned end as soon as it runs. */
async function plannedEndMs(summaryPath: string): Promise<number> {
  while ((await stat(`${summaryPath}.plan`).catch(() => undefined)) === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  return Number(await readFile(`${summaryPath}.plan`, 'utf8')) * 1000;
}

/** Follows the only task of a session: first running, exactly one end, and the end of the turn that started it. */
function watchTask(client: Client, sessionId: SessionId) {
  const problems: string[] = [];
  const running = Promise.withResolvers<TaskSummary>();
  const ended = Promise.withResolvers<TaskSummary>();
  const settled = Promise.withResolvers<void>();
  let end: TaskSummary | undefined;
  const stop = client.onEvent((event: HostEvent) => {
    if (event.event === 'turn.ended' && event.data.sessionId === sessionId) {
      if (event.data.result.error !== undefined) problems.push(`turn: ${event.data.result.error.message}`);
      settled.resolve();
    }
    if (event.event !== 'task.changed' || event.data.task.sessionId !== sessionId) return;
    const { task } = event.data;
    if (task.pid !== undefined) running.resolve(task);
    if (end !== undefined && task.status !== end.status) problems.push(`status ${task.status} after ${end.status}`);
    if (!isTerminalStatus(task.status)) return;
    end ??= task;
    ended.resolve(task);
  });
  return { running: running.promise, ended: ended.promise, settled: settled.promise, problems: () => problems, stop };
}
