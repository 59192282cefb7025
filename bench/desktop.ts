/**
 * The real Electron with a window. How much memory commands add to its main process: 10 and then 100 commands that the model
 * requests. How much processor time the whole app takes while two background commands are idle: in the first minute, afterwards,
 * and minimized. Linux; needs Electron and a display. `npm run bench -- desktop [--only memory|rest] [--out file]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { expect } from '@playwright/test';
import { launchElectron, whyNot } from '../e2e/support/hosts.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, out: { type: 'string' } } });
/** Unit: MB. Without the limit on optimized WebAssembly (shell-grammar.ts), 10 commands add about 80. */
const GROWTH_LIMIT_MB = 25;
const COMMANDS = [10, 100];
/** Unit: percent of a core, all processes of the app together. */
const REST_LIMIT_PERCENT = 1;
const REST_MS = 50_000;
const FILES = 20;

const reason = whyNot('desktop');
if (reason !== undefined) {
  console.error(`The desktop can't run here: ${reason}`);
  process.exit(1);
}

const server = spawn(process.execPath, [join(import.meta.dirname, 'agent-model.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
const [port] = (await once(server.stdout, 'data')).map(String);
const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-bench-desktop-')));
try {
  const memory = [];
  if (values.only !== 'rest') for (const count of COMMANDS) memory.push(await measureMemory(count));
  const rest = values.only === 'memory' ? [] : await measureRest();
  const results = { memory, rest };
  console.log(JSON.stringify(results, null, 2));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(results, null, 2)}\n`);
  const over = [
    ...memory
      .filter(({ grewMb }) => grewMb > GROWTH_LIMIT_MB)
      .map(({ commands, grewMb }) => `${commands} commands: grew by ${grewMb} MB, the limit is ${GROWTH_LIMIT_MB}`),
    ...rest
      .filter(({ percent }) => percent > REST_LIMIT_PERCENT)
      .map(({ when, percent }) => `${when}: ${percent} % of a core, the limit is ${REST_LIMIT_PERCENT}`),
  ];
  for (const line of over) console.error(line);
  process.exitCode = over.length === 0 ? 0 : 1;
} finally {
  server.kill();
  await rm(scratch, { recursive: true, force: true });
}

async function measureMemory(commands: number) {
  const { page, stop, process: main } = await openProject(`${commands}`, `desktop${commands}/${commands}/shell`);
  try {
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill('Count the lines of all files.');
    const beforeMb = await residentMb(main.pid);
    await message.press('Enter');
    await page.getByText('All files are read.').waitFor({ timeout: 300_000 });
    const afterMb = await residentMb(main.pid);
    return { commands, beforeMb, afterMb, grewMb: afterMb - beforeMb };
  } finally {
    await stop();
  }
}

/** Each part is the time of one process: its type as Chromium names it, and percent of a core. */
async function measureRest() {
  const { page, electron, stop, process: main } = await openProject('rest', 'rest/1/shell');
  try {
    const message = page.getByRole('textbox', { name: 'Message' });
    const toBackground = page.getByRole('button', { name: 'Move to background' });
    for (const count of [1, 2]) {
      await expect(async () => {
        await message.fill('!sleep 600');
        await message.press('Enter');
        await expect(toBackground).toBeVisible({ timeout: 2000 }); // a message is refused until the last command has moved
      }).toPass();
      await toBackground.click();
      await expect(page.getByRole('listbox', { name: 'Tasks' }).getByRole('option')).toHaveCount(count);
    }
    const measured = [];
    for (const when of ['first minute', 'afterwards', 'minimized'] as const) {
      if (when === 'minimized') {
        await electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
        try {
          await expect.poll(() => page.evaluate(() => document.hidden)).toBe(true);
        } catch {
          console.error('The window could not be minimized: start a window manager, for example openbox.');
          break;
        }
      }
      const before = await appTimes(main.pid);
      const startedAtMs = performance.now();
      await setTimeout(REST_MS);
      const tookMs = performance.now() - startedAtMs;
      const parts = Object.entries(await appTimes(main.pid)).map(
        ([part, ms]) => [part, percentOf(ms - (before[part] ?? 0), tookMs)] as const,
      );
      const percent = Math.round(parts.reduce((sum, [, part]) => sum + part, 0) * 100) / 100;
      measured.push({ when, percent, parts: Object.fromEntries(parts.filter(([, part]) => part > 0)) });
    }
    return measured;
  } finally {
    await stop();
  }
}

async function openProject(name: string, model: string) {
  const home = join(scratch, `home-${name}`);
  const project = join(scratch, `project-${name}`);
  await mkdir(join(home, '.qwen'), { recursive: true });
  await mkdir(project);
  for (let at = 0; at < FILES; at += 1) await writeFile(join(project, `file-${at}.txt`), `line ${at} of a file\n`.repeat(64));
  const settings = {
    modelProviders: { openai: [{ id: 'bench', baseUrl: `http://127.0.0.1:${port?.trim()}/${model}/v1` }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'bench' },
    tools: { approvalMode: 'yolo' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const host = await launchElectron({ home });
  await host.chooseFolder(project, () => host.page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
  await host.page.getByRole('button', { name: 'Trust this folder' }).click();
  await host.page.getByRole('textbox', { name: 'Message' }).waitFor();
  return host;
}

function percentOf(ms: number, ofMs: number): number {
  return Math.round((ms / ofMs) * 10_000) / 100;
}

/** Processor time of the app's processes until now, by type and id. Unit: ms; a tick of Linux is 10. */
async function appTimes(main: number | undefined): Promise<Readonly<Record<string, number>>> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const read = (id: number, name: string) => readFile(`/proc/${id}/${name}`, 'latin1').catch(() => ''); // it may end meanwhile
  const all = await Promise.all(
    ids.map(async (id) => {
      const stat = await read(id, 'stat');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent = 0] = fields;
      const [user = 0, system = 0] = fields.slice(11, 13);
      return { id, parent, ms: (user + system) * 10, command: await read(id, 'cmdline') };
    }),
  );
  const children = (of: number): typeof all => all.filter(({ parent }) => parent === of).flatMap((child) => [child, ...children(child.id)]);
  const own = all.filter(({ id }) => id === main).concat(main === undefined ? [] : children(main));
  return Object.fromEntries(
    own.map(({ id, ms, command }) => [`${/--type=(\S+?)(\0|\s|$)/.exec(command)?.[1] ?? (id === main ? 'main' : 'other')} ${id}`, ms]),
  );
}

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
