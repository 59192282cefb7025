import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SandboxState } from '../../../preload/contract/index.ts';
import { createSandbox, describeSandbox, toSandboxSettings } from './index.ts';
import { seatbeltProfile } from './sandbox-plan.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-sandbox-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const root = join(base, 'project');
const home = join(base, 'home');
for (const folder of ['project/.git/hooks', 'project/.qwen', 'home/.ssh', 'outside']) mkdirSync(join(base, folder), { recursive: true });
writeFileSync(join(home, '.ssh/id_rsa'), 'canary');

const sandbox = createSandbox({ gantryHome: join(home, '.gantry') });
const works =
  process.platform === 'linux' &&
  spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', '--unshare-net', '--unshare-pid', 'true']).status === 0;
const CLOSED = { filesystem: 'workspace-write', network: 'closed', backend: 'auto' } as const;

async function run(command: string, settings: Parameters<typeof sandbox.wrap>[0] = CLOSED) {
  const wrapped = await sandbox.wrap(settings, { cwd: root, root, extraFolders: [], home }, { shell: '/bin/sh', args: ['-c', command] });
  if (!wrapped.ok) throw new Error(wrapped.refusal);
  return spawnSync(wrapped.run.shell, wrapped.run.args, { encoding: 'utf8', cwd: root });
}

test.runIf(works)('a command can write in the project and in its own /tmp, and nowhere else', async () => {
  const { stdout } = await run(`touch a /tmp/gantry-probe && echo wrote; touch ${base}/outside/x || echo refused`);
  expect(stdout).toBe('wrote\nrefused\n');
  expect([existsSync(join(root, 'a')), existsSync('/tmp/gantry-probe'), existsSync(join(base, 'outside/x'))]).toEqual([true, false, false]);
});

test.runIf(works)('files that run later, and secret files, cannot be reached', async () => {
  const { stdout } = await run(
    `touch .git/hooks/pre-commit || echo hook; touch .qwen/settings.json || echo settings; cat ${home}/.ssh/id_rsa || echo key`,
  );
  expect(stdout).toBe('hook\nsettings\nkey\n');
});

test.runIf(works)('a closed network has only its own loopback interface, an open one has those of the machine', async () => {
  const interfaces = (text: string) => text.split('\n').filter((line) => line.includes(':')).length;
  const machine = interfaces(execFileSync('cat', ['/proc/net/dev'], { encoding: 'utf8' }));
  expect(interfaces((await run('cat /proc/self/net/dev')).stdout)).toBe(1);
  expect(interfaces((await run('cat /proc/self/net/dev', { ...CLOSED, network: 'open' })).stdout)).toBe(machine);
});

test.runIf(works)('read-only leaves the project unchanged, and the exit code is passed on', async () => {
  const done = await run('touch b; exit 7', { ...CLOSED, filesystem: 'read-only' });
  expect([done.status, existsSync(join(root, 'b'))]).toEqual([7, false]);
});

test('without a backend a command that must be sandboxed is refused, and the state says why', async () => {
  const missing = createSandbox({
    gantryHome: join(home, '.gantry'),
    find: async () => ({ code: 'not_installed', program: 'bubblewrap' }),
  });
  expect(await missing.state(CLOSED)).toEqual({
    status: 'unavailable',
    problem: { code: 'not_installed', program: 'bubblewrap' },
  });
  expect(await missing.wrap(CLOSED, { cwd: root, root, extraFolders: [], home }, { shell: 'sh', args: [] })).toEqual({
    ok: false,
    refusal: expect.stringContaining('bubblewrap is not installed'),
  });
  expect(await missing.state(undefined)).toEqual({ status: 'off' });
});

test('the state of a working sandbox gives its program and restrictions', async () => {
  const working = createSandbox({ gantryHome: join(home, '.gantry'), find: async () => ({ kind: 'bwrap', path: '/usr/bin/bwrap' }) });
  expect(await working.state(CLOSED)).toEqual({ status: 'on', backend: 'bwrap', filesystem: 'workspace-write', network: 'closed' });
});

test.each<[SandboxState, string]>([
  [{ status: 'off' }, 'Commands run without a sandbox'],
  [
    { status: 'on', backend: 'bwrap', filesystem: 'workspace-write', network: 'closed' },
    'Commands run in bwrap: writes only in the project and /tmp, no network',
  ],
  [
    { status: 'on', backend: 'sandbox-exec', filesystem: 'read-only', network: 'open' },
    'Commands run in sandbox-exec: no writes except in /tmp, network open',
  ],
  [
    { status: 'unavailable', problem: { code: 'not_installed', program: 'bubblewrap' } },
    'bubblewrap is not installed; commands do not run',
  ],
  [
    { status: 'unavailable', problem: { code: 'not_installed', program: 'sandbox-exec' } },
    'sandbox-exec is missing on this Mac; commands do not run',
  ],
  [
    { status: 'unavailable', problem: { code: 'does_not_work', message: 'no user namespace' } },
    'bubblewrap does not work here (no user namespace); commands do not run',
  ],
  [{ status: 'unavailable', problem: { code: 'unsupported_system' } }, 'Gantry supports no sandbox on this system; commands do not run'],
])('%j is “%s” without a window', (state, text) => {
  expect(describeSandbox(state)).toBe(text);
});

test.each([
  [{}, undefined],
  [{ tools: {} }, undefined],
  [{ tools: { executionSandbox: {} } }, CLOSED],
  [
    { tools: { executionSandbox: { filesystem: 'read-only', network: 'open', backend: 'bwrap' } } },
    { filesystem: 'read-only', network: 'open', backend: 'bwrap' },
  ],
  [{ tools: { executionSandbox: { network: 'opne' } } }, CLOSED],
  [{ tools: { executionSandbox: true } }, CLOSED],
])('the setting %j', (all, expected) => {
  expect(toSandboxSettings(all)).toEqual(expected);
});

test('the profile for macOS quotes its paths and allows no other writes', () => {
  const profile = seatbeltProfile(CLOSED, {
    cwd: '/p',
    writable: ['/p "x"'],
    pinned: ['/p/.git'],
    guarded: ['/p/.git/hooks'],
    hidden: ['/Users/me/.ssh'],
    temporary: '/private/var/folders/t',
  });
  expect(profile).toContain('(deny file-write*)');
  expect(profile).toContain('(subpath "/p \\"x\\"")');
  expect(profile.indexOf('(subpath "/p/.git/hooks")')).toBeGreaterThan(profile.indexOf('(allow file-write*'));
  expect(profile).toContain('(deny file-write-unlink (literal "/p/.git"))');
  expect(profile).toContain('(deny network*)');
});
