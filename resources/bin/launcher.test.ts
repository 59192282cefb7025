import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const LAUNCHER = join(import.meta.dirname, 'gantry.js');
/** Makes a Node report an old version; its child processes are not affected. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})`;

/** A copy of the package with nothing but the launcher and the files that the test adds. */
function createPackage(parts: { cli?: string; hasNode?: boolean }): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-launcher-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'resources', 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  copyFileSync(LAUNCHER, join(root, 'resources', 'bin', 'gantry.js'));
  if (parts.cli !== undefined) {
    mkdirSync(join(root, 'dist', 'main'), { recursive: true });
    writeFileSync(join(root, 'dist', 'main', 'cli.js'), parts.cli);
  }
  if (parts.hasNode === true) {
    mkdirSync(join(root, 'node_modules', 'node', 'bin'), { recursive: true });
    writeFileSync(join(root, 'node_modules', 'node', 'package.json'), '{"name":"node"}');
    symlinkSync(process.execPath, join(root, 'node_modules', 'node', 'bin', 'node'));
  }
  return root;
}

async function run(root: string, { isOld }: { isOld: boolean }, args: string[] = []) {
  const launcher = join(root, 'resources', 'bin', 'gantry.js');
  // Without the compile cache of the tests, since the launcher uses its own.
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const child = spawn(process.execPath, [...(isOld ? ['--import', OLD_NODE] : []), launcher, ...args], { env });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  const [code, signal] = await once(child, 'close');
  return { code, signal, ...text };
}

const PRINT = 'console.log(process.argv.slice(2).join(" "), process.versions.node !== "20.1.0"); process.exitCode = 7;';

test('the launcher is executable', () => {
  expect(statSync(LAUNCHER).mode & 0o111).toBe(0o111);
});

test.each([false, true])('the built command receives its arguments and returns its exit code (old Node: %s)', async (isOld) => {
  const root = createPackage({ cli: PRINT, hasNode: true });
  expect(await run(root, { isOld }, ['-p', 'hi'])).toEqual({ code: 7, signal: null, out: '-p hi true\n', err: '' });
});

test('the compile cache is kept beside the command, for the next start', async () => {
  const root = createPackage({ cli: PRINT });
  const cache = join(root, 'dist', 'main', '.cache');
  await run(root, { isOld: false });
  const [version = ''] = readdirSync(cache);
  expect(readdirSync(join(cache, version)).length).toBeGreaterThan(0);
  expect((await run(root, { isOld: false }, ['again'])).out).toBe('again true\n');
});

test.skipIf(process.getuid?.() !== 0)('nothing is written in the folder of another user', async () => {
  const root = createPackage({ cli: PRINT });
  chownSync(join(root, 'dist', 'main'), 12_345, 12_345);
  expect((await run(root, { isOld: false })).code).toBe(7);
  expect(existsSync(join(root, 'dist', 'main', '.cache'))).toBe(false);
});

test('a signal that ends the command ends the launcher the same way', async () => {
  const root = createPackage({ cli: 'process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 60000);', hasNode: true });
  expect(await run(root, { isOld: true })).toMatchObject({ code: null, signal: 'SIGINT' });
});

test.skipIf(process.platform !== 'linux')('with an old Node too, a key on the command line is not in that of the launcher', async () => {
  const cli = 'import { readFileSync } from "node:fs"; console.log(readFileSync(`/proc/${process.ppid}/cmdline`, "latin1"));';
  const { out } = await run(createPackage({ cli, hasNode: true }), { isOld: true }, ['--openai-api-key', 'sk-hidden-canary']);
  expect(out).toContain('gantry');
  expect(out).not.toContain('hidden-canary');
});

test('an old Node without a newer one prints what is needed', async () => {
  const { code, out, err } = await run(createPackage({ cli: PRINT }), { isOld: true });
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/needs Node 22 or later; this is 20\.1\.0.*npm install/);
});

test('an unbuilt package prints how to build it', async () => {
  const { code, err } = await run(createPackage({}), { isOld: false });
  expect(code).toBe(1);
  expect(err).toContain('npm run build');
});
