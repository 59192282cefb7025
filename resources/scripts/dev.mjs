/**
 * `npm run dev [-- <folder>]`: the server host from its sources, restarted after a change, behind Vite's server, which replaces
 * parts of the page when they are saved. Node 24 reads TypeScript directly.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createVite } from 'vite';
import { assertNode, ROOT } from './lib/run.mjs';

assertNode();
const token = randomBytes(24).toString('base64url');
const port = await freePort();
const target = `http://127.0.0.1:${port}`;

const host = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', join(ROOT, 'main/cli/main.ts'), 'serve', '--port', String(port), ...process.argv.slice(2, 3)],
  {
    cwd: ROOT,
    stdio: ['inherit', 'ignore', 'inherit'], // it asks in the terminal
    env: { ...process.env, QWEN_SERVER_TOKEN: token },
  },
);
const vite = await createVite({
  configFile: join(ROOT, 'vite.config.ts'),
  // The page uses its own address; the host receives requests with the host's address.
  server: { host: '127.0.0.1', proxy: { '/ws': { target, ws: true, changeOrigin: true, rewriteWsOrigin: true } } },
});
await vite.listen();
console.log(`${vite.resolvedUrls?.local[0] ?? 'http://127.0.0.1:5173/'}#token=${token}`);

const end = async () => {
  host.kill('SIGTERM');
  await vite.close();
  process.exit(0);
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
host.once('exit', end);

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port: found } = probe.address();
      probe.close(() => resolve(found));
    });
  });
}
