/**
 * Starts and ends the server host with running tasks, on one home folder: after each end no process is left, a process that
 * escaped with `setsid` is found at the next start and stopped through the request, and no task is shown as running.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { glob, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProjectId, SessionId, TaskSummary } from '../../preload/contract/index.ts';
import { type Client, createClient } from '../../renderer/rpc/client.ts';
import { openWebSocketTransport } from '../../renderer/rpc/websocket-transport.ts';
import { type Rig, startRig } from './model-server.ts';
import { childrenWith, processesWith } from './processes.ts';
import { COMMANDS, escapedMark, type Kind, type Restart } from './restart-plan.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface RestartReport {
  readonly index: number;
  readonly ending: Restart['ending'];
  readonly tasks: number;
  readonly survivors: number;
  /** From the end of the app until its process groups are empty. */
  readonly goneMs: number;
  /** From the spawn of the next server to its first answer. */
  readonly startMs: number;
  /** The violations, as text; empty if there are none. */
  readonly problems: readonly string[];
}

interface App {
  readonly server: ServerProcess;
  readonly client: Client;
}

/** One session of an app that is about to be ended. */
interface Doomed {
  readonly mark: string;
  readonly sessionId: SessionId;
  readonly tasks: readonly TaskSummary[];
}

const RUNNING_MS = 20_000;
const GONE_MS = 15_000;

export async function proveRestarts(
  restarts: readonly Restart[],
  onReport: (report: RestartReport) => void = () => undefined,
): Promise<readonly RestartReport[]> {
  const rig = await startRig();
  let app: App = { server: rig.server, client: rig.client };
  const reports: RestartReport[] = [];
  try {
    for (const restart of restarts) {
      const doomed = await startTasks(rig.projectId, app.client, restart);
      await wait(restart.afterMs);
      const helpers = await childrenWith(app.server.process.pid ?? 0, '');
      await end(app, restart);
      const { goneMs, problems } = await leftBehind(doomed, helpers);
      const startedAt = performance.now();
      app = await open(rig);
      const startMs = performance.now() - startedAt;
      const after = await lookAfter(rig, app.client, restart, doomed);
      const report = {
        index: restart.index,
        ending: restart.ending,
        tasks: doomed.tasks.length,
        survivors: after.survivors,
        goneMs,
        startMs,
        problems: [...problems, ...after.problems],
      };
      reports.push(report);
      onReport(report);
    }
    return reports;
  } finally {
    app.client.close();
    await app.server.stop();
    await rig.close();
  }
}

async function open(rig: Rig): Promise<App> {
  const server = await startServerProcess({ home: rig.home });
  const client = createClient({ open: () => openWebSocketTransport(server.webSocketUrl), token: server.token });
  await client.request('project.open', { path: rig.projectDir });
  return { server, client };
}

async function startTasks(projectId: ProjectId, client: Client, { kinds }: Restart): Promise<Doomed> {
  const mark = `gantry-mark-${randomUUID()}`;
  const { snapshot } = await client.request('session.create', { projectId });
  const sessionId = snapshot.summary.id;
  await client.request('session.setMode', { sessionId, mode: 'yolo' });
  const text = kinds.map((kind) => `RUN${kind === 'foreground' ? '' : '&'} ${COMMANDS[kind](mark)}`).join('\n');
  await client.request('session.prompt', { sessionId, text, localId: mark });
  const isReady = async () => {
    const { tasks } = await client.request('task.list', { sessionId });
    const having = (status: TaskSummary['status']) => tasks.filter((task) => task.status === status).length;
    const short = kinds.filter((kind) => kind === 'short').length;
    return (
      having('completed') === short &&
      having('running') === kinds.length - short &&
      (await processesWith(escapedMark(mark))).length >= escaping(kinds)
    );
  };
  if (!(await within(RUNNING_MS, isReady))) throw new Error(`the tasks did not start: ${kinds.join(', ')}`);
  return { mark, sessionId, tasks: (await client.request('task.list', { sessionId })).tasks };
}

async function end({ server, client }: App, { ending }: Restart): Promise<void> {
  client.close();
  const exited = once(server.process, 'exit');
  if (ending === 'SIGKILL of both') {
    const hosts = await childrenWith(server.process.pid ?? 0, 'pty-host');
    if (hosts.length !== 1) throw new Error(`expected one pty host, found ${hosts.length}`);
    for (const host of hosts) process.kill(host, 'SIGKILL');
  }
  server.process.kill(ending === 'SIGTERM' ? 'SIGTERM' : 'SIGKILL');
  await exited;
}

/** `helpers`: the pty host and the watchdog. */
async function leftBehind({ mark }: Doomed, helpers: readonly number[]): Promise<{ goneMs: number; problems: readonly string[] }> {
  const endedAt = performance.now();
  const left = async () => {
    const escaped = new Set(await processesWith(escapedMark(mark)));
    return (await processesWith(mark)).filter((pid) => !escaped.has(pid));
  };
  const isGone = await within(GONE_MS, async () => (await left()).length === 0);
  const goneMs = performance.now() - endedAt;
  const areHelpersGone = await within(GONE_MS, async () => !(await processesWith('')).some((pid) => helpers.includes(pid)));
  return {
    goneMs,
    problems: [
      ...(isGone ? [] : [`processes are left: ${(await left()).join(', ')}`]),
      ...(areHelpersGone ? [] : ['a process of the app is left']),
    ],
  };
}

/** The state that the next start shows. */
async function lookAfter(
  rig: Rig,
  client: Client,
  { kinds }: Restart,
  doomed: Doomed,
): Promise<{ survivors: number; problems: readonly string[] }> {
  const problems: string[] = [];
  const check = (holds: boolean, problem: () => string) => void (holds || problems.push(problem()));

  const { survivors } = await client.request('survivor.list', {});
  const escapedIds = doomed.tasks.filter((task) => task.command.includes(escapedMark(doomed.mark))).map((task) => task.id);
  check(survivors.length === escaping(kinds), () => `${survivors.length} survivors are reported, not ${escaping(kinds)}`);
  check(
    survivors.every(({ taskId, cwd }) => escapedIds.includes(taskId) && cwd === rig.projectDir),
    () => 'a survivor is not the command that escaped',
  );
  for (const { taskId } of survivors) await client.request('survivor.stop', { taskId });
  const isGone = await within(GONE_MS, async () => (await processesWith(doomed.mark)).length === 0);
  check(isGone, () => 'what escaped is left after it was stopped');
  check((await client.request('survivor.list', {})).survivors.length === 0, () => 'a stopped survivor is reported again');

  const { snapshot } = await client.request('session.attach', { projectId: rig.projectId, sessionId: doomed.sessionId });
  for (const task of doomed.tasks.filter(({ wasBackground }) => wasBackground)) {
    const shown = snapshot.tasks.find(({ id }) => id === task.id);
    const expected = task.status === 'completed' ? 'completed' : 'interrupted';
    check(shown?.status === expected, () => `a task is ${shown?.status ?? 'not listed'}, not ${expected}: ${task.command.slice(0, 300)}`);
    check(expected !== 'interrupted' || shown?.error === 'Ended with Gantry', () => `a task that ended with the app says ${shown?.error}`);
  }
  const { tasks } = await client.request('task.list', {});
  check(
    tasks.every((task) => task.endedAtMs !== undefined),
    () => 'a task is shown as running',
  );
  check((await sidecarsRunning(rig.home)) === 0, () => 'a status file says that its task is running');
  return { survivors: survivors.length, problems };
}

async function sidecarsRunning(home: string): Promise<number> {
  let running = 0;
  for await (const path of glob(`${home}/.qwen/tmp/*/background-shells/*/*.status`)) {
    const { status } = JSON.parse(await readFile(path, 'utf8'));
    if (status === 'running') running += 1;
  }
  return running;
}

function escaping(kinds: readonly Kind[]): number {
  return kinds.filter((kind) => kind.endsWith('setsid')).length;
}

/** Whether the condition was met in time. Processes do not report their end, so this polls. */
async function within(ms: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > until) return false;
    await wait(30);
  }
  return true;
}
