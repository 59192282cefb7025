/** Processor time by kind of process, from /proc. Linux. */
import { readdir, readFile } from 'node:fs/promises';

export type CpuTimes = Readonly<Record<string, number>>;

/** Clock ticks of /proc are 10 ms everywhere Linux runs Node. */
const TICK_MS = 10;

const KINDS: readonly (readonly [kind: string, mark: RegExp])[] = [
  ['ptyHost', /pty-host/],
  ['server', /^gantry\0/], // its process title
  ['page', /--type=renderer/],
  ['gpu', /--type=gpu-process/],
  ['browser', /chrom|headless_shell/i],
  ['command', /generator\.pl/],
];

/** The times of all current processes. */
export async function cpuTimes(): Promise<ReadonlyMap<number, { readonly kind: string; readonly ms: number }>> {
  const times = new Map<number, { kind: string; ms: number }>();
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => ''); // it may end during the search
    const [stat, line] = await Promise.all([read('stat'), read('cmdline')]);
    if (stat === '') continue;
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    const kind = pid === process.pid ? 'bench' : (KINDS.find(([, mark]) => mark.test(line))?.[0] ?? (line === '' ? 'kernel' : 'others'));
    times.set(pid, { kind, ms: (user + system) * TICK_MS });
  }
  return times;
}

/** By kind. Processes that ended in between are not included. */
export function cpuBetween(before: Awaited<ReturnType<typeof cpuTimes>>, after: Awaited<ReturnType<typeof cpuTimes>>): CpuTimes {
  const sums: Record<string, number> = {};
  for (const [pid, { kind, ms }] of after) {
    const used = ms - (before.get(pid)?.ms ?? 0);
    if (used > 0) sums[kind] = (sums[kind] ?? 0) + used;
  }
  return sums;
}
