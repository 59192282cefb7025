/**
 * An answer of 50 MB that streams into the page of `gantry serve`, and the same session after a restart: how long the page and
 * the server are blocked. A block is given with its processor time, because a busy machine makes every task longer. Needs a
 * browser. `npm run bench -- huge-answer [--megabytes 50] [--hook] [--out file]`
 */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { launch, type RunningHost } from '../e2e/support/hosts.ts';
import { startStreamingModel } from '../e2e/support/streaming-model.ts';

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '50' }, hook: { type: 'boolean', default: false }, out: { type: 'string' } },
});
/** The processor time of one task of the page or the server. Unit: ms. */
const LIMIT_MS = 200;
const CHUNK_CHARS = 64_000;
const PATIENCE_MS = 600_000;

interface Block {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const MARK = 'the measured page';
/**
 * What the page itself measures: the longest task that the browser reports, and the longest pause between two messages to
 * itself.
 */
const PROBE = `(() => {
  let longTaskMs = 0, pauseMs = 0, at = performance.now();
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTaskMs = Math.max(longTaskMs, duration);
  }).observe({ type: 'longtask', buffered: true });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const now = performance.now();
    pauseMs = Math.max(pauseMs, now - at - 5);
    at = now;
    setTimeout(() => port2.postMessage(0), 5);
  };
  port2.postMessage(0);
  globalThis.benchBlocks = () => {
    const seen = { longTaskMs: Math.round(longTaskMs), pauseMs: Math.round(pauseMs) };
    longTaskMs = pauseMs = 0;
    return seen;
  };
})()`;

// JavaScript without declarations.
const { findBrowser, sandboxArguments } = (await import(new URL('../resources/scripts/lib/browser.mjs', import.meta.url).href)) as {
  findBrowser: () => string | undefined;
  sandboxArguments: () => string[];
};
const executablePath = findBrowser();
if (executablePath === undefined) {
  console.error('No browser of the Chromium family was found.');
  process.exit(1);
}
const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-bench-huge-')));
const chunks = Math.ceil((Number(values.megabytes) * 1e6) / CHUNK_CHARS);
const model = await startStreamingModel((at) => (at < chunks ? chunk(at) : undefined));
const browser = await chromium.launch({ executablePath, args: ['--disable-gpu', ...sandboxArguments()] });
try {
  const project = join(scratch, 'project');
  await mkdir(project);
  await mkdir(join(scratch, '.qwen'));
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', baseUrl: model.baseUrl }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
    ...(values.hook ? { hooks: { MessageDisplay: [{ hooks: [{ type: 'command', command: 'cat >/dev/null' }] }] } } : {}),
  };
  await writeFile(join(scratch, '.qwen', 'settings.json'), JSON.stringify(settings));
  const session = (page: Page) =>
    page.getByRole('navigation', { name: 'Sessions' }).getByRole('button', { name: /^(idle|unread): Write a book/ });
  const note = (page: Page) => page.getByText(/^First \d+ KB of [\d.]+ [KM]B$/);

  const streamed = await measure('streamed', async (page, host, begin) => {
    await host.chooseFolder(project, () => page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
    await page.getByRole('button', { name: 'Trust this folder' }).click();
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill('Write a book');
    await begin();
    await message.press('Enter');
    await note(page).waitFor({ timeout: PATIENCE_MS });
    await session(page).waitFor({ timeout: PATIENCE_MS });
  });
  const opened = await measure('opened', async (page, _host, begin) => {
    await session(page).waitFor({ timeout: PATIENCE_MS });
    await begin();
    await session(page).click();
    await note(page).waitFor({ timeout: PATIENCE_MS });
  });
  const result = { megabytes: Number(values.megabytes), hook: values.hook, streamed, opened };
  console.log(JSON.stringify(result, null, 2));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
  const problems = Object.entries({ streamed, opened }).flatMap(([name, { page, server }]) => [
    ...over(`${name}: the page`, page.mostCpu),
    ...over(`${name}: the server`, server.mostCpu),
  ]);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
  await model.stop();
  await rm(scratch, { recursive: true, force: true });
}
process.exit(); // a process that is slow to close its pipes must not hold the shell

/** `act` calls `begin` if its preparation must not be measured. */
async function measure(name: string, act: Act) {
  const context = await browser.newContext();
  await context.addInitScript(PROBE);
  const path = join(scratch, `${name}.json`);
  const probe = new URL('./huge-answer-probe.mjs', import.meta.url).href;
  const categories = ['disabled-by-default-devtools.timeline', 'blink.user_timing'];
  await browser.startTracing(undefined, { categories });
  const host = await launch('server', { context, home: scratch, env: { NODE_OPTIONS: `--import ${probe}`, GANTRY_BENCH_BLOCKS: path } });
  const page = await measurePage(host, act, categories).finally(() => host.stop());
  await context.close();
  const server = JSON.parse(await readFile(path, 'utf8')) as { longest: Block; mostCpu: Block; peakMb: number }; // written by the probe
  return { ...page, server };
}

type Act = (page: Page, host: RunningHost, begin: () => Promise<void>) => Promise<void>;

async function measurePage(host: RunningHost, act: Act, categories: string[]) {
  let startedAt = performance.now();
  await act(host.page, host, async () => {
    await browser.stopTracing();
    await browser.startTracing(undefined, { categories });
    await host.page.evaluate('globalThis.benchBlocks()');
    host.process.kill('SIGUSR2');
    startedAt = performance.now();
  });
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  await host.page.evaluate(`performance.mark('${MARK}')`);
  const trace = await browser.stopTracing();
  const chars = await host.page.evaluate('document.body.textContent.length');
  const seen = await host.page.evaluate('globalThis.benchBlocks()');
  return { seconds, page: { ...pageBlocks(trace), seen, chars } };
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Units: µs; `tdur` is processor time. */
  readonly dur?: number;
  readonly tdur?: number;
}

/** The tasks of the page's main thread, without those of the browser's own pages. */
function pageBlocks(trace: Buffer) {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] }; // Chromium's trace format
  const mains = new Set(traceEvents.flatMap(({ name, pid, tid }) => (name === MARK ? [`${pid} ${tid}`] : [])));
  const tasks = traceEvents
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => ({ wallMs: Math.round(dur / 1000), cpuMs: Math.round(tdur / 1000) }));
  const most = (by: keyof Block) => tasks.toSorted((a, b) => b[by] - a[by])[0] ?? { wallMs: 0, cpuMs: 0 };
  return { longest: most('wallMs'), mostCpu: most('cpuMs'), tasksOver50MsCpu: tasks.filter(({ cpuMs }) => cpuMs > 50).length };
}

function over(what: string, { wallMs, cpuMs }: Block): string[] {
  return cpuMs <= LIMIT_MS ? [] : [`${what} blocked for ${wallMs} ms, ${cpuMs} of them its own work; the limit is ${LIMIT_MS}`];
}

/** Every section differs, because the engine stops a model that repeats itself. */
function chunk(at: number): string {
  let text = '';
  for (let part = 1; text.length < CHUNK_CHARS; part += 1) text += `\n\n${section(`${at}.${part}`)}`;
  return text;
}

function section(name: string): string {
  const lines = (count: number, line: (at: number) => string) => Array.from({ length: count }, (_unused, at) => line(at)).join('\n');
  return [
    `## Part ${name}`,
    lines(6, (at) => `Sentence ${at} of part ${name} with \`code\`, **weight** and a [link](https://example.org/${name}/${at}).`),
    lines(12, (at) => `- Item ${at} of the list in ${name}, with *stress*\n  and a second line`),
    `\`\`\`ts\n${lines(30, (at) => `export const value${at} = compute('${name}', ${at}); // a line`)}\n\`\`\``,
    `| name | value |\n|---|---|\n${lines(5, (at) => `| ${name} | ${at} |`)}`,
  ].join('\n\n');
}
