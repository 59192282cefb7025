/** Runs a plan: each run is a separate host, with its own home, against one scripted model. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../renderer/rpc/client.ts';
import { openWebSocketTransport } from '../../renderer/rpc/websocket-transport.ts';
import { startBusyLoops } from '../support/busy-loops.ts';
import { launchElectron } from '../support/hosts.ts';
import { startServerProcess } from '../support/server-process.ts';
import { problemsOf } from './check-result.ts';
import type { Host, StatusCase, StatusRun } from './plan.ts';
import { startStatusModel, type StatusModel } from './status-model.ts';
import { COMPILE_CACHE } from '../../main/test/support/compile-cache.ts';

export interface CaseReport extends Pick<StatusCase, 'index' | 'kind'> {
  readonly host: Host;
  readonly isLoaded: boolean;
  readonly isFirst: boolean;
  readonly problems: readonly string[];
}

export interface RunOptions {
  /** How many runs are simultaneous. */
  readonly parallel: number;
  /** The entry that Node runs as the command line. */
  readonly cliEntry: string;
  readonly onRun?: (reports: readonly CaseReport[]) => void;
}

interface Scene {
  readonly home: string;
  readonly project: string;
  readonly model: StatusModel;
  readonly run: StatusRun;
  readonly cliEntry: string;
}

/** A host that does not finish is a fault too. Unit: ms, for each command and for the start. */
const LIMIT_MS = { command: 20_000, start: 120_000 };

const DRIVERS: Readonly<Record<Host, (scene: Scene) => Promise<void>>> = { cli: runCli, server: runServer, desktop: runDesktop };

/** The runs under load begin when all others have ended, so the plan must have them last. */
export async function runStatuses(runs: readonly StatusRun[], options: RunOptions): Promise<readonly CaseReport[]> {
  const model = await startStatusModel(runs);
  const reports: CaseReport[] = [];
  let stopLoops: (() => void) | undefined;
  try {
    for (const isLoaded of [false, true]) {
      const queue = runs.filter((run) => run.isLoaded === isLoaded);
      if (isLoaded && queue.length > 0) stopLoops = startBusyLoops();
      const work = async () => {
        for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
          const found = await runOne(run, model, options.cliEntry);
          reports.push(...found);
          options.onRun?.(found);
        }
      };
      await Promise.all(Array.from({ length: options.parallel }, work));
    }
    return reports;
  } finally {
    stopLoops?.();
    await model.stop();
  }
}

async function runOne(run: StatusRun, model: StatusModel, cliEntry: string): Promise<readonly CaseReport[]> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-statuses-')));
  const scene = { home: join(scratch, 'home'), project: join(scratch, 'project'), model, run, cliEntry };
  await mkdir(join(scene.home, '.qwen'), { recursive: true });
  await mkdir(scene.project);
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', baseUrl: model.baseUrl }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
    tools: { approvalMode: 'yolo' },
  };
  await writeFile(join(scene.home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const failure = await DRIVERS[run.host](scene).then(
    () => [],
    (error: unknown) => [`the host failed: ${error instanceof Error ? error.message : String(error)}`],
  );
  const results = model.resultsOf(run);
  const reports = await Promise.all(
    run.cases.map(async (one, at) => ({
      index: one.index,
      kind: one.kind,
      host: run.host,
      isLoaded: run.isLoaded,
      isFirst: at === 0,
      problems: [...(await problemsOf(results[at], one)), ...(at === 0 ? failure : [])],
    })),
  );
  await rm(scratch, { recursive: true, force: true });
  return reports;
}

async function runCli({ home, project, model, run, cliEntry }: Scene): Promise<void> {
  const child = spawn(process.execPath, [cliEntry, '-p', model.promptOf(run), '--yolo', '--trust'], {
    cwd: project,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, SHELL: '/bin/bash', GANTRY_HOME: join(home, '.gantry'), ...COMPILE_CACHE },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code, signal] = (await within(run, 'the end of gantry -p', once(child, 'close')).finally(() =>
    child.kill('SIGKILL'),
  )) as unknown[];
  if (code !== 0) throw new Error(`gantry -p ended with code ${String(code)}, signal ${String(signal)}: ${printed.slice(-500)}`);
}

async function runServer({ home, project, model, run }: Scene): Promise<void> {
  const server = await startServerProcess({ home });
  const client = createClient({ open: () => openWebSocketTransport(server.webSocketUrl), token: server.token });
  try {
    const { project: opened } = await client.request('project.open', { path: project });
    await client.request('project.trust', { projectId: opened.id, trusted: true });
    const { snapshot } = await client.request('session.create', { projectId: opened.id });
    const sessionId = snapshot.summary.id;
    await client.request('session.setMode', { sessionId, mode: 'yolo' });
    await client.request('session.prompt', { sessionId, text: model.promptOf(run), localId: 'start' });
    await within(run, 'the turn', model.finished(run));
  } finally {
    client.close();
    await server.stop();
  }
}

async function runDesktop({ home, project, model, run }: Scene): Promise<void> {
  const { page, chooseFolder, stop } = await launchElectron({ home });
  try {
    await chooseFolder(project, () => page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
    await page.getByRole('button', { name: 'Trust this folder' }).click();
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill(model.promptOf(run));
    await message.press('Enter');
    await within(run, 'the turn', model.finished(run));
  } finally {
    await stop();
  }
}

/** Errors: rejects when it takes longer than this many commands may. */
async function within<T>(run: StatusRun, what: string, promise: Promise<T>): Promise<T> {
  const limitMs = LIMIT_MS.start + run.cases.length * LIMIT_MS.command;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not there after ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
