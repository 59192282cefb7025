/** A virtual display for tests on a machine without one. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const START_MS = 20_000;

/** Whether a window can be opened. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

export function canMakeDisplay() {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'Xvfb')));
}

/**
 * Starts Xvfb on a display that it chooses itself. Resolves with the display's name and a function that ends it, or with
 * undefined if it did not start.
 */
export function startDisplay() {
  return new Promise((resolve) => {
    const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
    const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const timer = setTimeout(() => server.kill('SIGKILL'), START_MS);
    let text = '';
    server.stdio[3].setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve({ name: `:${text.trim()}`, stop: () => server.kill() });
    });
    for (const event of ['error', 'exit'])
      server.once(event, () => {
        clearTimeout(timer);
        resolve(undefined);
      });
  });
}
