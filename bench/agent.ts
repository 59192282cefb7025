/**
 * The cost of the agent itself: a one-shot answer from a cold start, 100 and 1,000 rounds of reads and 10, 100 and 400 rounds
 * of shell commands in one session, with a model server that answers at once. `npm run bench -- agent [--runs 5] [--long 1000]
 * [--out file]` Source of the limits: docs/testing.md, "Budgets".
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, long: { type: 'string', default: '1000' }, out: { type: 'string' } },
});

interface Use {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

interface ShellRounds extends Use {
  readonly rounds: number;
}

/** V8 would optimize the shell grammar between the third and the tenth command, and again after some 150. */
const SHELL_ROUNDS = [10, 100, 400];

/**
 * A wait of the user is wall-clock time; the cost of the rounds is the processor time of Gantry: it does not include the
 * model's answers, and a busy machine gives nearly the same figure. Units: ms, MB.
 */
const LIMITS = {
  versionMs: 100,
  oneShotMs: 250,
  oneShotMb: 110,
  hundredMs: 1500,
  hundredMb: 150,
  longRatio: 11,
  longMb: 200,
  shellMb: 150,
};
const here = import.meta.dirname;
const ENTRY = join(here, '..', 'resources', 'bin', 'gantry.js');
const BARE = fileURLToPath(new URL('./agent-bare.mjs', import.meta.url));
const USE = fileURLToPath(new URL('./agent-use.mjs', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-agent-'));
const server = spawn(process.execPath, [join(here, 'agent-model.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const port = await portOf(server);
  const project = await makeProject(folder);
  let runs = 0;
  const rounds = (count: number, tool: 'read' | 'shell' = 'read') => {
    runs += 1;
    const baseUrl = `http://127.0.0.1:${port}/run${runs}/${count}/${tool}/v1`;
    const flags = ['-p', 'Read all files.', '--yolo', '--trust', '--auth-type', 'openai', '--model', 'bench'];
    return measure([ENTRY, ...flags, '--openai-base-url', baseUrl, '--openai-api-key', 'none'], project);
  };
  const version = () => measure([ENTRY, '--version'], project, /^\d+\.\d+\.\d+/);
  const bare = () => measure([BARE, `http://127.0.0.1:${port}/bare/0/read/v1`], project);
  const repeat = Number(values.runs);
  await rounds(0); // the first start reads the program from the disk and compiles it
  const versionAnswer = await median(repeat, version);
  const oneShot = await median(repeat, () => rounds(0));
  const bareAnswer = await median(repeat, bare);
  const hundred = await median(Math.min(3, repeat), () => rounds(100));
  const long = await rounds(Number(values.long));
  const shell: ShellRounds[] = [];
  for (const count of SHELL_ROUNDS) shell.push({ rounds: count, ...(await rounds(count, 'shell')) });
  const expected = Number(values.long) / 100;
  const ratio = round(long.cpuMs / hundred.cpuMs);
  const longRounds = { rounds: Number(values.long), ...long, ratio };
  // The speed of the machine at the moment: Node and the openai package alone.
  const oneShotToBare = Math.round((oneShot.wallMs / bareAnswer.wallMs) * 100) / 100;
  const result = {
    version: versionAnswer,
    oneShot,
    bare: bareAnswer,
    oneShotToBare,
    hundredRounds: hundred,
    longRounds,
    shellRounds: shell,
  };
  console.log(JSON.stringify(result, null, 2));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
  const problems = [
    over('gantry --version', versionAnswer.wallMs, LIMITS.versionMs, 'ms'),
    over('one-shot answer', oneShot.wallMs, LIMITS.oneShotMs, 'ms'),
    over('one-shot answer', oneShot.peakMb, LIMITS.oneShotMb, 'MB'),
    over('100 rounds', hundred.cpuMs, LIMITS.hundredMs, 'ms of our own'),
    over('100 rounds', hundred.peakMb, LIMITS.hundredMb, 'MB'),
    over(`${values.long} rounds`, ratio, (LIMITS.longRatio * expected) / 10, 'times 100 rounds'),
    over(`${values.long} rounds`, long.peakMb, LIMITS.longMb, 'MB'),
    ...shell.map((use) => over(`${use.rounds} shell rounds`, use.peakMb, LIMITS.shellMb, 'MB')),
  ].flatMap((problem) => problem ?? []);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}

function over(what: string, value: number, limit: number, unit: string): string[] {
  return value <= limit ? [] : [`${what}: ${value} ${unit}, the limit is ${limit}`];
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the model server has no output');
  const [line] = (await once(child.stdout, 'data')) as [Buffer]; // the type of a byte stream's chunks
  return Number(line.toString());
}

/** Twenty files of some 2 KB. */
async function makeProject(base: string): Promise<string> {
  const project = join(base, 'project');
  await mkdir(project);
  for (let at = 0; at < 20; at += 1) await writeFile(join(project, `file-${at}.txt`), `line ${at} of a file that is read\n`.repeat(64));
  return project;
}

async function measure(args: readonly string[], cwd: string, expected = /All files are read\./): Promise<Use> {
  const usePath = join(folder, 'use.json');
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GANTRY_BENCH_USE: usePath };
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', USE, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part));
  child.stderr.on('data', (part: Buffer) => (output += part));
  const [code] = (await once(child, 'close')) as [number | null]; // the documented type of the event
  const wallMs = Math.round(performance.now() - startedAt);
  if (code !== 0 || !expected.test(output)) throw new Error(`the run ended with ${code}: ${output.slice(-2000)}`);
  const use = JSON.parse(await readFile(usePath, 'utf8')) as Omit<Use, 'wallMs'>; // written by agent-use.mjs
  return { wallMs, ...use };
}

async function median(times: number, run: () => Promise<Use>): Promise<Use> {
  const uses: Use[] = [];
  for (let at = 0; at < times; at += 1) uses.push(await run());
  const middle = (of: (use: Use) => number) => uses.map(of).sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
  return { wallMs: middle((use) => use.wallMs), cpuMs: middle((use) => use.cpuMs), peakMb: Math.max(...uses.map((use) => use.peakMb)) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
