/** `npm start` in a copy of the package, with stand-ins for Electron, the browser and the built server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const ADDRESS = 'http://127.0.0.1:4170/#token=start-test-token';
const SERVER = `
  process.on('SIGTERM', () => { console.error('server: stopped'); process.exit(0); });
  setInterval(() => {}, 60_000);
  console.log('Gantry listens at ${ADDRESS}');
`;

/** Advances the clock by this much at each reading. Unit: ms. */
const clockStep = (ms: number) => `data:text/javascript,let now = 0; Date.now = () => (now += ${ms});`;

interface Package {
  readonly root: string;
  /** The arguments of each program, one per line. */
  argumentsOf(program: 'electron' | 'chromium'): readonly string[];
  file(path: string): string;
}

/** `electron`: the shell script that replaces its binary; absent: it was never downloaded, and cannot be. */
function createPackage({ electron }: { electron?: string } = {}): Package {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-start-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };
  const script = (path: string, text: string) => write(path, `#!/bin/sh\n${text}\n`, 0o755);
  write('package.json', '{"type":"module"}');
  cpSync(join(import.meta.dirname, 'lib'), join(root, 'resources/scripts/lib'), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'start.mjs'), join(root, 'resources/scripts/start.mjs'));
  write('node_modules/playwright/package.json', '{"type":"module","exports":"./index.js"}');
  write('node_modules/playwright/index.js', 'export const chromium = { executablePath: () => "" };');
  write('node_modules/electron/install.js', 'console.error("no way to the network"); process.exit(1);');
  if (electron !== undefined) {
    write('node_modules/electron/path.txt', 'electron');
    script('node_modules/electron/dist/electron', `printf '%s\\n' "$@" > "${root}/electron.args"\n${electron}`);
  }
  for (const path of ['desktop.js', 'pty-host.js']) write(`dist/main/${path}`, '');
  write('dist/main/cli.js', SERVER);
  write('dist/preload/index.cjs', '');
  write('dist/renderer/index.html', '');
  write('dist/.built', '');
  const later = new Date(Date.now() + 3_600_000);
  utimesSync(join(root, 'dist/.built'), later, later); // no source is newer, so nothing is built
  const door = join(root, 'home/browser/open.html');
  script(
    'bin/chromium',
    `cp -p "${door}" "${root}/door.html"\nprintf '%s\\n' "$@" > "${root}/chromium.args.part"\nmv "${root}/chromium.args.part" "${root}/chromium.args"`,
  );
  return {
    root,
    argumentsOf: (program) => {
      const path = join(root, `${program}.args`);
      return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
    },
    file: (path) => join(root, path),
  };
}

function start(
  { root }: Package,
  { display = true, args = [], stepMs = 1 }: { display?: boolean; args?: readonly string[]; stepMs?: number } = {},
) {
  const child = spawn(process.execPath, ['--import', clockStep(stepMs), join(root, 'resources/scripts/start.mjs'), ...args], {
    cwd: root,
    env: {
      PATH: [join(root, 'bin'), '/usr/bin', '/bin'].join(delimiter),
      HOME: root,
      GANTRY_HOME: join(root, 'home'),
      ...(display ? { DISPLAY: ':stand-in' } : {}),
    },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({ code, ...text }));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, text, ended };
}

const ON_WINDOWS = process.platform === 'win32';

test.skipIf(ON_WINDOWS)(
  'without Electron it prints that and opens the same window in an installed browser, which ends it when closed',
  async () => {
    const home = createPackage();
    const { code, out, err } = await start(home, { args: ['a-folder'] }).ended;
    expect(out).toContain(
      "cannot be opened here (Electron's binary could not be fetched: no way to the network); Gantry runs in a browser",
    );
    const args = home.argumentsOf('chromium');
    expect(args[0]).toBe(`--app=${pathToFileURL(home.file('home/browser/open.html'))}`);
    expect(args.join(' ')).not.toContain('start-test-token'); // other users see every command line
    expect(readFileSync(home.file('door.html'), 'utf8')).toContain(`url=${ADDRESS}"`);
    expect(statSync(home.file('door.html')).mode & 0o777).toBe(0o600);
    expect(existsSync(home.file('home/browser/open.html'))).toBe(false);
    expect([code, err]).toEqual([0, 'server: stopped\n']);
  },
);

test.skipIf(process.platform !== 'linux')('without a display it prints the address and runs until it is stopped', async () => {
  const home = createPackage({ electron: 'exit 0' });
  const { child, text, ended } = start(home, { display: false });
  await expect.poll(() => text.out).toContain('Ctrl+C');
  expect(text.out).toContain('cannot be opened here (there is no display)');
  expect(text.out).toContain(ADDRESS);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, err: 'server: stopped\n' });
  expect([home.argumentsOf('electron'), home.argumentsOf('chromium')]).toEqual([[], []]);
});

test.skipIf(ON_WINDOWS)("with Electron, it opens the folder and returns Electron's exit code", async () => {
  const home = createPackage({ electron: 'exit 0' });
  expect(await start(home, { args: ['a-folder'] }).ended).toEqual({ code: 0, out: '', err: '' });
  expect(home.argumentsOf('electron').filter((argument) => argument !== '--no-sandbox')).toEqual([home.root, 'a-folder']);
  expect(home.argumentsOf('chromium')).toEqual([]);
});

test.skipIf(ON_WINDOWS)('an Electron that cannot start is replaced by the browser', async () => {
  const home = createPackage({ electron: 'exit 127' });
  const { out } = await start(home).ended;
  expect(out).toContain('cannot be opened here (Electron ended at once with code 127)');
  expect(home.argumentsOf('chromium')).toContain('--window-size=1280,800');
});

test.skipIf(ON_WINDOWS)('an Electron that fails after it has run is not replaced', async () => {
  const home = createPackage({ electron: 'exit 3' });
  expect(await start(home, { stepMs: 5_000 }).ended).toEqual({ code: 3, out: '', err: '' });
  expect(home.argumentsOf('chromium')).toEqual([]);
});
