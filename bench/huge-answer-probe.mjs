/**
 * Loaded before `gantry serve`: writes the longest block of its event loop (since the last SIGUSR2) and its peak memory to the
 * file in `GANTRY_BENCH_BLOCKS`.
 */
import { writeFileSync } from 'node:fs';

const path = process.env['GANTRY_BENCH_BLOCKS'];
const TICK_MS = 5;

if (path !== undefined && process.argv[2] === 'serve') {
  let longest = { wallMs: 0, cpuMs: 0 };
  let most = { wallMs: 0, cpuMs: 0 };
  let at = performance.now();
  let used = process.threadCpuUsage();
  setInterval(() => {
    const now = performance.now();
    const usedNow = process.threadCpuUsage();
    const block = {
      wallMs: Math.round(now - at - TICK_MS),
      cpuMs: Math.round((usedNow.user + usedNow.system - used.user - used.system) / 1000),
    };
    if (block.wallMs > longest.wallMs) longest = block;
    if (block.cpuMs > most.cpuMs) most = block;
    at = now;
    used = usedNow;
  }, TICK_MS).unref();
  process.on('SIGUSR2', () => {
    longest = most = { wallMs: 0, cpuMs: 0 };
  });
  process.on('exit', () => {
    const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
    writeFileSync(path, JSON.stringify({ longest, mostCpu: most, peakMb }));
  });
}
