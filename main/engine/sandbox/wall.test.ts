/** The wall around commands that run without a question, with real bubblewrap: a command that should not have been allowed does no harm. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';
import { seatbeltWall, wallArguments } from './sandbox-plan.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-wall-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const root = join(base, 'project');
const home = join(base, 'home');
for (const folder of [root, join(home, '.ssh')]) mkdirSync(folder, { recursive: true });
for (const path of ['project/.env', 'home/.ssh/id_rsa', 'home/.npmrc']) writeFileSync(join(base, path), 'canary');
writeFileSync(join(root, 'a.txt'), 'plain\n');
const sandbox = createSandbox({ gantryHome: join(home, '.gantry') });
const works = process.platform === 'linux' && (await sandbox.wall()).status === 'on';
const HIDDEN = [join(root, '.env'), join(home, '.ssh'), join(home, '.npmrc')];

async function run(command: string, hidden: readonly string[] = HIDDEN) {
  const place = { cwd: root, root, extraFolders: [] };
  const wrapped = await sandbox.wrapInWall(place, hidden, { shell: '/bin/bash', args: ['-c', command] });
  if (!wrapped.ok) throw new Error(wrapped.refusal);
  return spawnSync(wrapped.run.shell, wrapped.run.args, { encoding: 'utf8', cwd: root });
}

test.runIf(works)('nothing can be written, not even in the workspace or in /tmp', async () => {
  const { stdout } = await run(`for f in b ${base}/home/b /tmp/gantry-wall-probe /var/tmp/b; do touch $f || echo refused; done`);
  expect(stdout).toBe('refused\n'.repeat(4));
  expect([readdirSync(root), existsSync('/tmp/gantry-wall-probe')]).toEqual([['.env', 'a.txt'], false]);
});

test.runIf(works)('protected files are hidden and other files are not, also in /tmp', async () => {
  const { stdout } = await run(`cat .env ${home}/.ssh/id_rsa ${home}/.npmrc a.txt`);
  expect(stdout).toBe('plain\n');
});

test.runIf(works)('there is no network, and no process outside can be seen', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { stdout } = await run(`: < /dev/tcp/127.0.0.1/${port} || echo closed; [ -e /proc/${process.pid}/stat ] || echo alone`);
  server.close();
  expect(stdout).toBe('closed\nalone\n');
});

test.runIf(works)('what shells and sort need for themselves works', async () => {
  // More than fits into a pipe or into the memory that sort may use: both need a temporary file.
  const { stdout, stderr } = await run('cat <<< "$(seq 30000)" | tail -n 1; seq 30000 | sort -rn -S 32k | head -n 1');
  expect(stderr).toBe('');
  expect(stdout).toBe('30000\n30000\n');
});

test.runIf(works)('a hidden folder that holds the workspace stays open', async () => {
  expect((await run('cat a.txt', [base, root])).stdout).toBe('plain\n');
});

test('without a backend the command is refused, and the state says why', async () => {
  const problem = { code: 'does_not_work', message: 'no user namespace' } as const;
  const missing = createSandbox({ gantryHome: home, find: async () => problem });
  expect(await missing.wall()).toEqual({ status: 'unavailable', problem });
  expect(await missing.wrapInWall({ cwd: root, root, extraFolders: [] }, [], { shell: 'sh', args: [] })).toEqual({
    ok: false,
    refusal: expect.stringContaining('does not work here (no user namespace)'),
  });
});

test('the profile for macOS allows no writes and no network, and keeps hidden files closed', () => {
  const profile = seatbeltWall({ hidden: [{ path: '/Users/me/.ssh', isFolder: true }] });
  expect(profile).toContain('(deny file-write*)');
  expect(profile).toContain('(deny network*)');
  expect(profile).toContain('(deny file-read-data (subpath "/Users/me/.ssh"))');
  expect(profile).not.toContain('/private/tmp');
});

test('a workspace on a drive below /run is still there', () => {
  const args = wallArguments({ cwd: '/run/media/me/p', roots: ['/run/media/me/p'], hidden: [], emptyFile: '/x' }).join(' ');
  expect(args).toContain('--tmpfs /run --ro-bind /run/media/me/p /run/media/me/p');
});
