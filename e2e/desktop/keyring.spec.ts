import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { launch } from '../support/hosts.ts';
import { onlyInElectron } from './in-electron.ts';

onlyInElectron();

const PROGRAMS = ['dbus-daemon', 'gnome-keyring-daemon', 'secret-tool'];
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
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    daemon = started;
    started.stdin.end(input);
    await new Promise((resolve) => started.stdout.once('data', resolve)); // it prints its control folder when it is ready
  };
  const stopDaemon = async () => {
    const ended = new Promise((resolve) => daemon?.once('exit', resolve));
    daemon?.kill();
    await ended;
  };
  await start(['--unlock'], 'pw');
  return {
    address,
    entries: () => execFileSync('secret-tool', ['search', '--all', '--unlock', 'service', 'gantry'], { env, encoding: 'utf8' }),
    lock: async () => {
      await stopDaemon();
      await start([], '');
    },
    unlock: async () => {
      await stopDaemon();
      await start(['--unlock'], 'pw');
    },
    stop: async () => {
      await stopDaemon();
      bus.kill();
    },
  };
}

/** A model server that says who asked, and answers. */
async function startModel() {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'POST') asked.push(request.headers.authorization);
    response.setHeader('content-type', 'text/event-stream');
    const chunk = {
      id: '1',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: 'Noted.' }, finish_reason: 'stop' }],
    };
    response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { asked, baseUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`, stop: () => server.close() };
}

async function openKeySettings(page: Page) {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: /^Edit/ }).first().click();
}

test('keys move from the file to the keyring; a locked one is called locked, and works in the same run once it is unlocked', async ({
  context,
}) => {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-keyring-')));
  const [home, project] = [join(scratch, 'home'), join(scratch, 'lighthouse')];
  await mkdir(join(home, '.qwen'), { recursive: true });
  await mkdir(join(home, '.gantry'));
  await mkdir(project);
  const model = await startModel();
  const keyring = await startKeyring(home);
  const origin = new URL(model.baseUrl).origin;
  await writeFile(
    join(home, '.gantry', 'keys.json'),
    JSON.stringify({ allowed: true, keys: { [`${ACCOUNT}@${origin}`]: 'key-from-the-file' } }),
  );
  const settings = {
    modelProviders: { openai: [{ id: 'asked', name: 'Asked', baseUrl: model.baseUrl, envKey: ACCOUNT }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'asked' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const start = () => launch('desktop', { context, home, env: { DBUS_SESSION_BUS_ADDRESS: keyring.address } });
  let host = await start();
  try {
    await openKeySettings(host.page);
    await host.page.getByRole('button', { name: 'Move to keyring' }).click();
    await expect(host.page.getByRole('button', { name: 'Move to keyring' })).toBeHidden();
    expect(keyring.entries()).toContain('key-from-the-file');
    await expect(readFile(join(home, '.gantry', 'keys.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    await host.stop();

    await keyring.lock();
    host = await start();
    const { page } = host;
    await host.chooseFolder(project, () => page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
    await page.getByRole('button', { name: 'Trust this folder' }).click();
    const input = page.getByRole('textbox', { name: 'Message' });
    await input.fill('Hello');
    await input.press('Enter');
    await expect(page.getByText(/The keyring is locked, so the API key for/).first()).toBeVisible();
    expect(model.asked).toEqual([]);
    await openKeySettings(page);
    await expect(page.getByText('The keyring of this computer is locked.')).toBeVisible();

    await keyring.unlock();
    await page.getByRole('button', { name: 'Unlock' }).click();
    await expect(page.getByText('The keyring of this computer is locked.')).toBeHidden();
    await page.keyboard.press('Control+,');
    await input.fill('Hello again');
    await input.press('Enter');
    await expect(page.getByText('Noted.')).toBeVisible();
    expect(model.asked).toContain('Bearer key-from-the-file');
  } finally {
    await host.stop();
    await keyring.stop();
    model.stop();
    await rm(scratch, { recursive: true, force: true });
  }
});
