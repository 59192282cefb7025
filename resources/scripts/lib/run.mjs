/** Finds and runs the tools of node_modules with the Node that runs this script, without a shell. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');

/** The JavaScript file behind a package's command. */
export function binOf(packageName, command = packageName.split('/').at(-1)) {
  const folder = join(ROOT, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin[command];
  if (file === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, file);
}

/**
 * Runs `node <args>` in the repository and resolves with its exit code and, when captured, its output. After `timeoutMs` it is
 * killed with all its children; the result then has `timedOut`.
 */
export function runNode(args, { capture = false, env, cwd = ROOT, timeoutMs } = {}) {
  return runCommand(process.execPath, args, { capture, env, cwd, timeoutMs });
}

export function runCommand(command, args, { capture = false, env, cwd = ROOT, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // A separate group only if it may have to be killed as a group: Ctrl+C should reach the others.
      detached: timeoutMs !== undefined && process.platform !== 'win32',
    });
    let output = '';
    let timedOut = false;
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const timer = timeoutMs && setTimeout(() => ((timedOut = true), killTree(child)), timeoutMs);
    child.once('error', (error) => finish(127, `${output}${error.message}\n`));
    child.once('close', (code) => finish(code ?? 1, output));
    function finish(code, text) {
      clearTimeout(timer);
      resolve({ code, output: text, timedOut });
    }
  });
}

/** Ends a child and, if it leads a group, the whole group. */
export function killTree(child) {
  if (process.platform === 'win32') return void spawn('taskkill', ['/pid', String(child.pid), '/t', '/f']);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL'); // it leads no group, or has ended
  }
}

/**
 * The devDependency `node` puts a current version first on the PATH of npm scripts; without it the tools fail in confusing
 * ways.
 */
export function assertNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 22) return;
  console.error(
    `Node ${process.versions.node} is too old for this command. Run it as an npm script after \`npm ci\` (which installs Node 24), or use Node 22 or newer.`,
  );
  process.exit(1);
}
