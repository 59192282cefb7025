/** How much the server and the pty host grow while one task prints 1 GB and a viewer watches. Linux: from /proc. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openViewer } from '../../e2e/promotions/viewer.ts';
import { startRig } from '../../e2e/support/model-server.ts';
import { type Figures, generated, generator, rounded, sleep } from './figures.ts';
import { startTasks } from './start-tasks.ts';

const BYTES = 1_000_000_000;
const WARM_UP_BYTES = 100_000_000;
const LOOK_EVERY_MS = 100;

export async function measureMemory(): Promise<Figures> {
  const rig = await startRig();
  try {
    const print = async (name: string, bytes: number, look: () => Promise<void>) => {
      const summary = join(rig.scratchDir, name);
      const started = await startTasks(rig, [generator(summary, bytes, 0)]);
      const [task] = started.tasks;
      if (task === undefined) throw new Error('the command did not start');
      const viewer = await openViewer(rig.client, task.id, { eager: true });
      let isOver = false;
      const run = generated(summary).finally(() => void (isOver = true));
      while (!isOver) {
        await look();
        await sleep(LOOK_EVERY_MS);
      }
      const [ended] = await started.ended;
      await viewer.close();
      return { ...(await run), dropped: ended?.droppedBytes };
    };
    await print('warm-up', WARM_UP_BYTES, async () => undefined);
    const server = rig.server.process.pid ?? 0;
    const ptyHost = await childOf(server, 'pty-host');
    const before = { server: await residentMb(server), ptyHost: await residentMb(ptyHost) };
    const peak = { ...before };
    const run = await print('gigabyte', BYTES, async () => {
      peak.server = Math.max(peak.server, await residentMb(server));
      peak.ptyHost = Math.max(peak.ptyHost, await residentMb(ptyHost));
    });
    return {
      megabytesPerSecond: rounded(run.bytes / 1000 / (run.endMs - run.startMs)),
      bytesDropped: run.dropped,
      serverMbBefore: rounded(before.server),
      ptyHostMbBefore: rounded(before.ptyHost),
      serverGrowthMb: rounded(peak.server - before.server),
      ptyHostGrowthMb: rounded(peak.ptyHost - before.ptyHost),
      growthMb: rounded(peak.server - before.server + peak.ptyHost - before.ptyHost),
    };
  } finally {
    await rig.close();
  }
}

async function residentMb(pid: number): Promise<number> {
  const kb = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

async function childOf(parent: number, mark: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => ''); // it may end during the search
    const [status, line] = await Promise.all([read('status'), read('cmdline')]);
    if (line.includes(mark) && new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status)) return Number(pid);
  }
  throw new Error(`process ${parent} has no child ${mark}`);
}
