/**
 * `npm run test:interop [-- <part of a file's name> [-t <part of a test's name>]]`: two releases of the real Qwen Code,
 * its SDK and Gantry, on one home and one model server on loopback. Needs npm's registry, as npm is configured, so it is not part of `npm
 * test`.
 *
 * GANTRY_INTEROP_CACHE=<folder> keeps the installed releases for the next run.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { assertNode, ROOT, runCommand } from './lib/run.mjs';

/** What is installed, each in a folder of its own; `file` is there once it is. */
const PACKAGES = [
  { folder: '0.15.10', name: '@qwen-code/qwen-code', version: '0.15.10', file: 'cli.js' },
  { folder: '0.24.4', name: '@qwen-code/qwen-code', version: '0.24.4', file: 'cli.js' },
  { folder: 'sdk-0.1.14', name: '@qwen-code/sdk', version: '0.1.14', file: 'dist/index.mjs' },
  { folder: 'acp-sdk-0.14.1', name: '@agentclientprotocol/sdk', version: '0.14.1', file: 'dist/acp.js' }, // editors still ship it
];
const INSTALL_MS = 300_000;
/** Named explicitly, and not .test.ts, so that `npm test` does not find them but the check for dead code does. */
const SUITE = [
  import.meta.resolve('../../e2e/interop/sessions.interop.ts'),
  import.meta.resolve('../../e2e/interop/rewritten.interop.ts'),
  import.meta.resolve('../../e2e/interop/settings.interop.ts'),
  import.meta.resolve('../../e2e/interop/outputs.interop.ts'),
  import.meta.resolve('../../e2e/interop/two-writers.interop.ts'),
  import.meta.resolve('../../e2e/interop/lists.interop.ts'),
  import.meta.resolve('../../e2e/interop/sdk.interop.ts'),
  import.meta.resolve('../../e2e/interop/headless.interop.ts'),
  import.meta.resolve('../../e2e/interop/acp.interop.ts'),
  import.meta.resolve('../../e2e/interop/daemon.interop.ts'),
];

assertNode();
const cache = process.env.GANTRY_INTEROP_CACHE;
const folder = cache ?? mkdtempSync(join(tmpdir(), 'gantry-interop-qwen-'));
let code = 1;
try {
  code = (await install()) ? await runSuite(process.argv.slice(2)) : 1;
} finally {
  if (cache === undefined) rmSync(folder, { recursive: true, force: true });
}
process.exit(code);

async function install() {
  for (const { folder: own, name, version, file } of PACKAGES) {
    const into = join(folder, own);
    if (existsSync(join(into, 'node_modules', name, file))) continue;
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, 'package.json'), '{ "private": true }\n');
    console.log(`Installing ${name} ${version} ...`);
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error', `${name}@${version}`];
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const installed = await runCommand(npm, args, { cwd: into, capture: true, timeoutMs: INSTALL_MS });
    if (installed.code === 0) continue;
    console.error(`${installed.output}\n${name} ${version} could not be installed${installed.timedOut ? ' in time' : ''}.`);
    return false;
  }
  return true;
}

async function runSuite(args) {
  const at = args.indexOf('-t');
  const pattern = at === -1 ? undefined : args[at + 1];
  const filters = at === -1 ? args : args.toSpliced(at, 2);
  process.env.GANTRY_INTEROP_QWEN = folder;
  const vitest = await startVitest('test', filters, {
    config: false,
    root: ROOT,
    run: true,
    watch: false,
    include: SUITE.map((url) => relative(ROOT, fileURLToPath(url)).replaceAll('\\', '/')),
    pool: 'forks',
    // Each test runs several processes that take seconds to start.
    maxWorkers: 1,
    maxConcurrency: 2,
    testTimeout: 300_000,
    ...(pattern === undefined ? {} : { testNamePattern: pattern }),
    env: { GANTRY_INTEROP_QWEN: folder },
  });
  await vitest.close();
  const failed = vitest.state.getCountOfFailedTests() + vitest.state.getUnhandledErrors().length;
  const files = vitest.state.getFiles();
  return failed === 0 && files.length > 0 && files.every((file) => file.result?.state === 'pass') ? 0 : 1;
}
