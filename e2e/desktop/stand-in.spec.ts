import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import type {} from '../../renderer/rpc/index.ts'; // declares window.host
import type { StandInDesktop } from './launch-stand-in.ts';

/** Behaviour of the desktop's own code, with the stand-in for Electron. */
test.use({ connected: false });

function standInOf(standIn: StandInDesktop | undefined): StandInDesktop {
  if (standIn === undefined) throw new Error('this spec is for the stand-in alone');
  return standIn;
}

/** The page's own address, fetched: status, policy and the first characters. */
const fetchText = (page: Page, path: string) =>
  page.evaluate(async (address) => {
    const response = await fetch(address);
    return {
      status: response.status,
      policy: response.headers.get('content-security-policy') ?? '',
      start: (await response.text()).slice(0, 40),
    };
  }, path);

test('the window is isolated, sandboxed, without Node, and has its colour and size before the first paint', async ({ gantry }) => {
  const { windowOptions, calls } = standInOf(gantry.host.standIn);
  expect(windowOptions).toMatchObject({
    width: 1280,
    height: 800,
    minWidth: 760,
    minHeight: 520,
    show: false,
    backgroundColor: expect.stringMatching(/^#[0-9a-f]{6}$/),
    titleBarStyle: process.platform === 'darwin' ? 'hiddenInset' : 'hidden',
    webPreferences: {
      preload: expect.stringMatching(/dist.preload.index\.cjs$/),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    },
  });
  expect(calls.find(({ name }) => name === 'protocol.registerSchemesAsPrivileged')?.args).toEqual([
    [{ scheme: 'app', privileges: expect.objectContaining({ standard: true, secure: true }) }],
  ]);
  await expect.poll(() => calls.map(({ name }) => name)).toContain('window.show');
});

test('app:// serves the built page with its policy, and nothing outside of it', async ({ gantry }) => {
  const { page } = gantry;
  const index = await fetchText(page, '/');
  expect(index).toMatchObject({ status: 200, start: expect.stringContaining('<!doctype html>') });
  expect(index.policy).toContain("script-src 'self'");
  expect(index.policy).not.toContain("script-src 'self' 'unsafe");
  for (const path of [
    '/..%2f..%2fpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/main/cli.js',
    '/assets',
    '/nothing.js',
    '/%E0%A4%A',
  ]) {
    expect(await fetchText(page, path), path).toMatchObject({ status: 404, start: 'Not found' });
  }
});

test('a frame of another page cannot reach the host', async ({ gantry }) => {
  const { page } = gantry;
  await expect(page.getByRole('main')).toBeVisible();
  const answered = await page.evaluate(async () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const { host } = frame.contentWindow as Window & typeof globalThis;
    if (host === undefined) throw new Error('the preload did not run in the frame');
    const answers: unknown[] = [];
    window.host?.onMessage((answer) => answers.push(answer));
    host.onMessage((answer) => answers.push(answer));
    host.post({ t: 'hello', protocol: 1 });
    host.post({ t: 'request', id: 990_001, method: 'project.list', params: {} });
    // The request of our own page is answered after a request of the frame would have been.
    window.host?.post({ t: 'request', id: 990_002, method: 'project.list', params: {} });
    while (!answers.some((answer) => JSON.stringify(answer).includes('990002')))
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return answers.map((answer) => JSON.stringify(answer)).filter((answer) => answer.includes('990001') || answer.includes('welcome'));
  });
  expect(answered).toEqual([]);
});

test('a value that cannot be cloned is refused by postMessage', async ({ gantry }) => {
  const name = await gantry.page.evaluate(() => {
    try {
      window.host?.post({ t: 'request', id: 1, method: 'project.list', params: { run: () => 1 } });
      return 'sent';
    } catch (error) {
      return error instanceof Error ? error.name : String(error);
    }
  });
  expect(name).toBe('DataCloneError');
});

test('navigation and new windows are refused', async ({ gantry, context }) => {
  const { page } = gantry;
  await expect(page.getByRole('main')).toBeVisible();
  const address = page.url();
  const refused = page.waitForEvent('requestfailed', (request) => request.url().startsWith('https://elsewhere.test'));
  await page.evaluate(() => location.assign('https://elsewhere.test/'));
  await refused;
  expect(page.url()).toBe(address);

  const popup = context.waitForEvent('page');
  await page.evaluate(() => void window.open('https://elsewhere.test/'));
  await expect.poll(async () => (await popup).isClosed()).toBe(true);
  // The host still reaches the page.
  standInOf(gantry.host.standIn).send({ t: 'menu', label: 'Settings…' });
  await expect(page.getByRole('heading', { name: 'Settings' }).first()).toBeVisible();
});

test('a folder from a second start is opened', async ({ gantry }) => {
  const standIn = standInOf(gantry.host.standIn);
  const { page } = gantry;
  await expect(page.getByRole('main')).toBeVisible();
  standIn.send({ t: 'app', event: 'second-instance', args: [['electron', '/app', '--flag', gantry.projectDir], gantry.home] });
  await expect(page.getByRole('dialog', { name: /lighthouse/ })).toBeVisible();
});

test('a menu choice reaches the page', async ({ gantry }) => {
  await expect(gantry.page.getByRole('main')).toBeVisible();
  standInOf(gantry.host.standIn).send({ t: 'menu', label: 'Settings…' });
  await expect(gantry.page.getByRole('heading', { name: 'Settings' }).first()).toBeVisible();
});

test('a page that crashed is reloaded and connects to its host', async ({ gantry }) => {
  const { page } = gantry;
  await expect(page.getByRole('main')).toBeVisible();
  const loaded = page.waitForEvent('load');
  standInOf(gantry.host.standIn).send({ t: 'crashed', windowId: 1 });
  await loaded;
  await expect(page.getByRole('main')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Connect a model' })).toBeVisible();
});
