/** How commands end on a real terminal inside bubblewrap: by the same code or signal as outside, in the write sandbox and in the wall. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { quoteWord } from '../engine/lib/quote-word.ts';
import { createSandbox } from '../engine/sandbox/index.ts';
import { loadPtySpawner } from '../pty-host/process/spawn-pty.ts';
import { openHost } from '../pty-host/testing/host.fixture.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-exits-')));
const sandbox = createSandbox({ gantryHome: join(base, '.gantry') });
const works = process.platform === 'linux' && (await sandbox.wall()).status === 'on';
const host = openHost({ spawnPty: await loadPtySpawner() });
afterAll(async () => {
  await host.close();
  rmSync(base, { recursive: true, force: true });
});
writeFileSync(join(base, 'secret'), 'x');

type Where = 'outside' | 'write sandbox' | 'wall';

async function start(command: string, where: Where) {
  const shell = { shell: '/bin/bash', args: ['-c', command] };
  const place = { cwd: base, root: base, extraFolders: [], home: base };
  const settings = { filesystem: 'workspace-write', network: 'closed', backend: 'auto' } as const;
  const wrapped =
    where === 'outside'
      ? { ok: true as const, run: shell }
      : where === 'wall'
        ? await sandbox.wrapInWall(place, [join(base, 'secret')], shell)
        : await sandbox.wrap(settings, place, shell);
  if (!wrapped.ok) throw new Error(wrapped.refusal);
  return host.spawn(command, { TERM: 'dumb', PATH: '/usr/bin:/bin' }, { ...wrapped.run, cwd: base });
}

async function endOf(command: string, where: Where) {
  return (await host.ended(await start(command, where))).end;
}

const ENDS: readonly [what: string, command: string][] = [
  ['success', 'true'],
  ['a code', 'exit 5'],
  ['the highest code', 'exit 255'],
  ['a code above 128', 'exit 137'],
  ['the code that shells give SIGINT', 'exit 130'],
  ['the code that shells give SIGTERM', 'exit 143'],
  ['SIGHUP', 'kill -HUP $$'],
  ['SIGINT', 'kill -INT $$'],
  ['SIGQUIT', 'kill -QUIT $$'],
  ['SIGKILL', 'kill -9 $$'],
  ['SIGTERM', 'kill -TERM $$'],
  ['SIGPIPE', 'kill -PIPE $$'],
  ['SIGSEGV', 'ulimit -c 0; kill -SEGV $$'],
  ['SIGUSR1', 'kill -USR1 $$'],
  ['a handled SIGINT', "trap 'exit 5' INT; kill -INT $$; sleep 10"],
  ['a handled SIGTERM', "trap 'exit 6' TERM; kill -TERM $$; sleep 10"],
  ['a handled SIGHUP', "trap 'exit 7' HUP; kill -HUP $$; sleep 10"],
  ['an ignored SIGINT', "trap '' INT; kill -INT $$; exit 8"],
  ['a program in the place of the shell', 'exec sh -c "exit 9"'],
  ['closed output', 'exec <&- >&- 2>&-; sleep 0.2; exit 10'],
  ['a program that is not there', '/no/such/program'],
];

const count = (what: string) => host.groups.filter((line) => line.startsWith(what)).length;
const WAIT = 'echo ready; while :; do read -t 5 line; done';

for (const where of ['write sandbox', 'wall'] as const) {
  test.runIf(works).each(ENDS)(`%s ends a command in the ${where} as outside`, async (_what, command) => {
    expect(await endOf(command, where)).toEqual(await endOf(command, 'outside'));
  });

  test.runIf(works).each([
    ['Ctrl+C that the command handles', `trap 'exit 5' INT; ${WAIT}`, '\x03', { exitCode: 5 }],
    ['Ctrl+C', WAIT, '\x03', { signal: 2 }],
    ['Ctrl+\\ that the command handles', `trap 'exit 6' QUIT; ${WAIT}`, '\x1c', { exitCode: 6 }],
  ])(`%s reaches a command in the ${where}`, async (_what, command, key, end) => {
    const id = await start(command, where);
    await expect.poll(() => host.raw(id).toString(), { interval: 5 }).toContain('ready');
    host.core.handle({ t: 'write', taskId: id, data: key });
    expect((await host.ended(id)).end).toEqual(end);
  });

  test.runIf(works)(`Ctrl+\\ reaches a program in the ${where}`, async () => {
    const id = await start('ulimit -c 0; exec cat', where); // bash itself ignores the signal
    host.core.handle({ t: 'write', taskId: id, data: 'ready\n' });
    await expect.poll(() => host.raw(id).toString(), { interval: 5 }).toContain('ready\r\nready'); // echoed, then printed
    host.core.handle({ t: 'write', taskId: id, data: '\x1c' });
    expect((await host.ended(id)).end).toEqual({ signal: 3 });
  });

  test.runIf(works).each([
    ['ends', ':', { signal: 15 }],
    ['is handled by', "trap 'exit 6' TERM", { exitCode: 6 }],
  ])(`a stop %s a command in the ${where}`, async (_what, prepare, end) => {
    const id = await start(`${prepare}; ${WAIT}`, where);
    await expect.poll(() => host.raw(id).toString(), { interval: 5 }).toContain('ready');
    host.core.handle({ t: 'stop', taskId: id, force: false });
    expect((await host.ended(id)).end).toEqual(end);
  });

  test.runIf(works)(`a forced stop kills a command in the ${where}, with all its processes`, async () => {
    const id = await start("trap '' TERM HUP INT; (sleep 300 & echo ready; wait)", where);
    await expect.poll(() => host.raw(id).toString(), { interval: 5 }).toContain('ready');
    host.core.handle({ t: 'stop', taskId: id, force: true });
    expect((await host.ended(id)).end).toEqual({ signal: 9 });
    await expect.poll(() => count('born') - count('gone')).toBe(0);
  });

  test.runIf(works)(`a command in the ${where} has the terminal, and inherits no descriptor of what surrounds it`, async () => {
    const id = await start(
      'test -t 0 && test -t 1 && test -t 2 && echo terminal; : > /dev/tty && echo tty; stty size; echo /proc/self/fd/*',
      where,
    );
    expect((await host.ended(id)).end).toEqual({ exitCode: 0 });
    expect(host.text(id)).toMatch(/^terminal\ntty\n24 80\n/);
    expect(
      host
        .text(id)
        .match(/\/fd\/\d+/g)
        ?.map((path) => path.slice(4)),
    ).toEqual(['0', '1', '2', '3']); // 3: the listing itself
  });
}

test.runIf(works)('a command whose sandbox cannot be made ends with the code of bubblewrap', async () => {
  const wrapped = await sandbox.wrapInWall({ cwd: join(base, 'not-there'), root: base, extraFolders: [] }, [], {
    shell: '/bin/bash',
    args: ['-c', 'exit 7'],
  });
  if (!wrapped.ok) throw new Error(wrapped.refusal);
  const id = host.spawn('', {}, { ...wrapped.run, cwd: base });
  expect((await host.ended(id)).end).toEqual({ exitCode: 1 });
  expect(host.text(id)).toContain('not-there');
});

const hasScript = spawnSync('script', ['--version']).status === 0;

/** `script` holds the terminal. Killed, it closes it, and the system sends SIGHUP only to the leader of the session. */
test.runIf(works && hasScript)(
  'a hangup of the terminal reaches the command, which may handle it (needs script of util-linux)',
  async () => {
    const done = join(base, 'hung-up');
    const command = `trap 'echo x > ${done}; exit' HUP; echo ready; while :; do sleep 0.1; done`;
    const settings = { filesystem: 'workspace-write', network: 'closed', backend: 'auto' } as const;
    const place = { cwd: base, root: base, extraFolders: [], home: base };
    const wrapped = await sandbox.wrap(settings, place, { shell: '/bin/bash', args: ['-c', command] });
    if (!wrapped.ok) throw new Error(wrapped.refusal);
    const words = [wrapped.run.shell, ...wrapped.run.args].map(quoteWord).join(' ');
    const terminal = spawn('script', ['-q', '-c', `exec ${words}`, '/dev/null'], { env: { ...process.env, SHELL: '/bin/sh' } });
    let printed = '';
    terminal.stdout.on('data', (bytes) => (printed += String(bytes)));
    await expect.poll(() => printed, { interval: 5 }).toContain('ready');
    terminal.kill('SIGKILL');
    await expect.poll(() => existsSync(done), { interval: 5 }).toBe(true);
  },
);

test('where bubblewrap does not work, the cases above are skipped', () => {
  if (!works) console.warn('bubblewrap does not work here: the ends of sandboxed commands were not tested');
});
