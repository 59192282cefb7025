import { spawn } from 'node:child_process';

/** Keeps the machine busy until the returned function is called. */
export function startBusyLoops(count = 3): () => void {
  const loops = Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  return () => {
    for (const loop of loops) loop.kill('SIGKILL');
  };
}
