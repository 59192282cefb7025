import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { launch } from '../support/hosts.ts';
import { onlyInElectron } from './in-electron.ts';

onlyInElectron();

const PROGRAMS = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'secret-tool'];
const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0);
test.skip(process.platform !== 'linux' || missing.length > 0, `not installed: ${missing.join(', ')}`);

const ACCOUNT = 'E2E_KEY';

/** A session bus of its own with a keyring, whose password is `pw`. */
async function startKeyring(home: string) {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const address = await new Promise<string>((resolve) => bus.stdout.once('data', (text) => resolve(String(text).trim())));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: home, DBUS_SESSION_BUS_ADDRESS: address };
  let daemon: ChildProcess | undefined;
  const start = async (args: readonly string[], input: string) => {
    const started = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...args], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    daemon = started;
    started.stdin.end(input);
    await expect.poll(() => isServed(env)).toBe(true);
  };
  const stopDaemon = async () => {
    const ended = new Promise((resolve) => daemon?.once('exit', resolve));
    daemon?.kill();
    await ended;
  };
  await start(['--unlock'], 'pw');
  return {
    address,
    entries: () =>
      execFileSync('secret-tool', ['search', '--all', '--unlock', 'service', 'gantry'], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    stop: async () => {
      await stopDaemon();
      bus.kill();
    },
  };
}

/** Without starting the service: asking it anything would. */
function isServed(env: Readonly<Record<string, string>>): boolean {
  const query = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner'];
  return spawnSync('dbus-send', [...query, 'string:org.freedesktop.secrets'], { env, encoding: 'utf8' }).stdout.includes('boolean true');
}

async function openKeySettings(page: Page) {
  await expect(page.getByRole('heading', { name: /Welcome/ })).toBeVisible(); // from now on it takes keys
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: /^Edit/ }).first().click();
}

test('keys move from the file to the keyring with one button', async ({ context }) => {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-keyring-')));
  const home = join(scratch, 'home');
  await mkdir(join(home, '.qwen'), { recursive: true });
  await mkdir(join(home, '.gantry'));
  const keyring = await startKeyring(home);
  await writeFile(
    join(home, '.gantry', 'keys.json'),
    JSON.stringify({ allowed: true, keys: { [`${ACCOUNT}@http://127.0.0.1:9`]: 'key-from-the-file' } }),
  );
  const settings = {
    modelProviders: { openai: [{ id: 'asked', name: 'Asked', baseUrl: 'http://127.0.0.1:9/v1', envKey: ACCOUNT }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'asked' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const host = await launch('desktop', { context, home, env: { DBUS_SESSION_BUS_ADDRESS: keyring.address } });
  try {
    await openKeySettings(host.page);
    await host.page.getByRole('button', { name: 'Move to keyring' }).click();
    await expect(host.page.getByRole('button', { name: 'Move to keyring' })).toBeHidden();
    expect(keyring.entries()).toContain('key-from-the-file');
    await expect(readFile(join(home, '.gantry', 'keys.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  } finally {
    await host.stop();
    await keyring.stop();
    await rm(scratch, { recursive: true, force: true });
  }
});
