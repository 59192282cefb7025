/**
 * How much memory commands add to the desktop's main process: the real Electron, a window, 10 and then 100 commands that the
 * model requests. Needs Electron and a display. `npm run bench -- desktop [--out file]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchElectron, whyNot } from '../e2e/support/hosts.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
/** Unit: MB. Without the limit on optimized WebAssembly (shell-grammar.ts), 10 commands add about 80. */
const GROWTH_LIMIT_MB = 25;
const COMMANDS = [10, 100];
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
  const results = [];
  for (const count of COMMANDS) results.push(await measure(count));
  console.log(JSON.stringify(results, null, 2));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(results, null, 2)}\n`);
  const over = results.filter(({ grewMb }) => grewMb > GROWTH_LIMIT_MB);
  for (const { commands, grewMb } of over) console.error(`${commands} commands: grew by ${grewMb} MB, the limit is ${GROWTH_LIMIT_MB}`);
  process.exitCode = over.length === 0 ? 0 : 1;
} finally {
  server.kill();
  await rm(scratch, { recursive: true, force: true });
}

async function measure(commands: number) {
  const home = join(scratch, `home-${commands}`);
  const project = join(scratch, `project-${commands}`);
  await mkdir(join(home, '.qwen'), { recursive: true });
  await mkdir(project);
  for (let at = 0; at < FILES; at += 1) await writeFile(join(project, `file-${at}.txt`), `line ${at} of a file\n`.repeat(64));
  const settings = {
    modelProviders: { openai: [{ id: 'bench', baseUrl: `http://127.0.0.1:${port?.trim()}/desktop${commands}/${commands}/shell/v1` }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'bench' },
    tools: { approvalMode: 'yolo' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const { page, chooseFolder, stop, process: main } = await launchElectron({ home });
  try {
    await chooseFolder(project, () => page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
    await page.getByRole('button', { name: 'Trust this folder' }).click();
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

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
