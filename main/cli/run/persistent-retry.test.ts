/**
 * Retry end to end: the command line's run, the real engine and provider, a real HTTP server with faults, and a clock that the
 * test moves. Source: docs/formats.md 3.5.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HostEvent, RunningTurn } from '../../../preload/contract/index.ts';
import { createEngine } from '../../engine/index.ts';
import { createNodePorts } from '../../local/node-ports.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { parseCommandLine } from '../args/args.ts';
import { createStreamJsonWriter } from '../output/stream-json-writer.ts';
import { projectOpener } from './open-session.ts';
import { runPrompt } from './run-prompt.ts';

type Reply = (response: ServerResponse) => void;
type Wait = NonNullable<RunningTurn['retry']> & { readonly delayMs: number };

const HOUR_MS = 3_600_000;
const CAPACITY_LINE = /^\[qwen-code\] Waiting for API capacity\.\.\. attempt (\d+), retry in (\d+)s$/;

const status =
  (code: number, headers: Record<string, string> = {}, message = 'no'): Reply =>
  (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: { message } }));
  };
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const begin = (response: ServerResponse, text: string) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: text }));
};
const says =
  (text: string): Reply =>
  (response) => {
    begin(response, text);
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  };

/** A run with one prompt, and a server whose replies are used in sequence; the last one repeats. */
async function start(
  replies: readonly Reply[],
  variables: Readonly<Record<string, string>> = { QWEN_CODE_UNATTENDED_RETRY: '1' },
  generationConfig: object = {},
  { dotenv, env }: { dotenv?: string; env?: object } = {},
) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-retry-')));
  const cwd = join(base, 'project');
  mkdirSync(cwd);
  mkdirSync(join(base, '.qwen'));
  let requests = 0;
  const server = createServer((_request: IncomingMessage, response) => {
    requests += 1;
    replies[Math.min(requests, replies.length) - 1]?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const entry = { id: 'm', baseUrl: `http://127.0.0.1:${address.port}/v1`, generationConfig };
  writeFileSync(
    join(base, '.qwen', 'settings.json'),
    JSON.stringify({ modelProviders: { openai: [entry] }, model: { name: 'm' }, ...(env === undefined ? {} : { env }) }),
  );
  if (dotenv !== undefined) writeFileSync(join(base, '.qwen', '.env'), dotenv);

  const environment = { PATH: process.env['PATH'] ?? '', HOME: base, CI: 'true', ...variables };
  const manual = createManualClock();
  const timers: number[] = [];
  const clock = { ...manual, after: (ms: number, run: () => void) => (timers.push(ms), manual.after(ms, run)) };
  const node = createNodePorts({ environment, hostKind: 'cli', version: '0', trustedEndpoints: [], home: base });
  const engine = createEngine({ ...node, clock });
  const waits: Wait[] = [];
  let seen = 0;
  let wake = () => {};
  engine.subscribe((event: HostEvent) => {
    if (event.event !== 'turn.changed') return;
    const { retry } = event.data.turn;
    if (retry === undefined || retry.attempt === waits.at(-1)?.attempt) return; // a repeated event for the same wait
    waits.push({ ...retry, delayMs: retry.atMs - clock.now() });
    wake();
  });
  const args = parseCommandLine(['-o', 'stream-json', 'hi']);
  if (args.kind !== 'run') throw new Error('not a run');
  const out: { type: string; [field: string]: unknown }[] = [];
  const said: string[] = [];
  const controller = new AbortController();
  const openProject = projectOpener({ engine, args, cwd });
  const { unattendedRetry = false } = await engine.projects.runDefaults((await openProject()).id);
  const done = runPrompt(
    {
      engine,
      args,
      limits: {},
      openProject,
      prompt: 'hi',
      cwd,
      version: '0',
      clock,
      writer: createStreamJsonWriter((text) => void out.push(JSON.parse(text))),
      say: (line) => void said.push(line),
      unattendedRetry,
    },
    controller.signal,
  );
  onTestFinished(async () => {
    controller.abort();
    await engine.close();
    server.closeAllConnections();
    server.close();
    rmSync(base, { recursive: true, force: true });
  });
  const nextWait = async (): Promise<Wait> => {
    for (;;) {
      const wait = waits[seen];
      if (wait !== undefined) {
        seen += 1;
        return wait;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return {
    done,
    out,
    said,
    clock,
    timers,
    nextWait,
    abort: () => controller.abort(),
    requests: () => requests,
    sessionFile: () =>
      join(base, '.qwen', 'projects', cwd.replace(/[^A-Za-z0-9]/g, '-'), 'chats', `${String(out[0]?.['session_id'])}.jsonl`),
    /** Advances the clock to the end of the next wait and returns its length. */
    async waitOut(): Promise<number> {
      const wait = await nextWait();
      clock.advance(wait.atMs - clock.now());
      return wait.delayMs;
    },
  };
}

async function waitOutAll(run: Awaited<ReturnType<typeof start>>, count: number): Promise<number[]> {
  const delays: number[] = [];
  while (delays.length < count) delays.push(await run.waitOut());
  return delays;
}

function within(delayMs: number | undefined, plainMs: number, jitter: number, capMs = Number.POSITIVE_INFINITY): void {
  expect(delayMs).toBeGreaterThanOrEqual(Math.floor(plainMs * (1 - jitter)));
  expect(delayMs).toBeLessThanOrEqual(Math.min(Math.ceil(plainMs * (1 + jitter)), capMs));
}

const result = (run: { out: readonly { type: string }[] }) => run.out.at(-1);

test.each([[429], [529]])(
  '%i without Retry-After is retried beyond seven attempts, with waits that double up to five minutes',
  async (code) => {
    const run = await start([...Array.from({ length: 12 }, () => status(code)), says('at last')]);
    const delays = await waitOutAll(run, 12);
    for (const [index, delayMs] of delays.entries()) within(delayMs, Math.min(1500 * 2 ** index, 300_000), 0.25, 300_000);
    expect(await run.done).toBe(0);
    expect(run.requests()).toBe(13);
    expect(result(run)).toMatchObject({ subtype: 'success', result: 'at last' });
    expect(run.said.every((line) => CAPACITY_LINE.test(line))).toBe(true);
    // Waits up to 30 s print nothing: with any jitter these are the first four.
    expect(run.said.map((line) => Number(CAPACITY_LINE.exec(line)?.[1])).filter((attempt) => attempt <= 4)).toEqual([]);
    expect(run.said.filter((line) => line.includes('attempt 12,')).length).toBeGreaterThanOrEqual(7);
  },
);

test('a Retry-After in seconds is followed exactly, with a line every 30 s', async () => {
  const run = await start([status(429, { 'retry-after': '100' }), says('ok')]);
  const wait = await run.nextWait();
  expect(wait.delayMs).toBe(100_000);
  run.clock.advance(30_000);
  expect(run.said).toEqual(['[qwen-code] Waiting for API capacity... attempt 1, retry in 70s']);
  run.clock.advance(60_000);
  run.clock.advance(9_999);
  expect(run.requests()).toBe(1);
  run.clock.advance(1);
  expect(await run.done).toBe(0);
  expect(run.said).toEqual([
    '[qwen-code] Waiting for API capacity... attempt 1, retry in 70s',
    '[qwen-code] Waiting for API capacity... attempt 1, retry in 40s',
    '[qwen-code] Waiting for API capacity... attempt 1, retry in 10s',
  ]);
  expect(run.requests()).toBe(2);
});

test('a Retry-After of 30 s prints nothing', async () => {
  const run = await start([status(429, { 'retry-after': '30' }), says('ok')]);
  expect(await run.waitOut()).toBe(30_000);
  expect(await run.done).toBe(0);
  expect(run.said).toEqual([]);
});

test('a Retry-After as a date is followed, one in the past is not', async () => {
  const startMs = createManualClock().now();
  const at = (ms: number) => status(429, { 'retry-after': new Date(startMs + ms).toUTCString() });
  const run = await start([at(600_000), at(0), says('ok')]);
  expect(await run.waitOut()).toBe(600_000);
  within(await run.waitOut(), 3000, 0.25);
  expect(await run.done).toBe(0);
});

test('a Retry-After of days is reduced to six hours, beyond the cap of five minutes', async () => {
  const run = await start([status(429, { 'retry-after': '172800' }), says('ok')]);
  expect(await run.waitOut()).toBe(6 * HOUR_MS);
  expect(await run.done).toBe(0);
  expect(run.said).toHaveLength((6 * HOUR_MS) / 30_000 - 1);
});

test('a Retry-After of 529 is ignored', async () => {
  const run = await start([status(529, { 'retry-after': '600' }), says('ok')]);
  within(await run.waitOut(), 1500, 0.25);
  expect(await run.done).toBe(0);
});

test('500 has the seven attempts of a normal run, then it is an error with exit 1; no line mentions capacity', async () => {
  const run = await start([status(500)]);
  const delays = await waitOutAll(run, 6);
  for (const [index, delayMs] of delays.entries()) within(delayMs, Math.min(1500 * 2 ** index, 30_000), 0.3);
  expect(await run.done).toBe(1);
  expect(run.requests()).toBe(7);
  expect(result(run)).toMatchObject({ type: 'result', subtype: 'error_during_execution', is_error: true });
  expect(run.said).toEqual([expect.stringMatching(/^\[API Error: .*HTTP 500/)]);
});

test('an exhausted quota fails at once, also with status 429', async () => {
  const run = await start([status(429, { 'retry-after': '5' }, 'You exceeded your current quota, please check your billing details')]);
  expect(await run.done).toBe(1);
  expect(run.requests()).toBe(1);
});

test.each([[{ QWEN_CODE_UNATTENDED_RETRY: 'TRUE' }], [{}]])(
  'with %j in the environment a busy service gets seven attempts, and after a minute seven more',
  async (variables) => {
    const run = await start([status(429)], variables);
    await waitOutAll(run, 6);
    expect([await run.waitOut(), run.requests()]).toEqual([60_000, 7]);
    within(await run.waitOut(), 1500, 0.3);
    await run.nextWait();
    expect(run.said.filter((line) => CAPACITY_LINE.test(line))).toEqual([]);
  },
);

test.each([[{ dotenv: 'QWEN_CODE_UNATTENDED_RETRY=1' }], [{ env: { QWEN_CODE_UNATTENDED_RETRY: 'true' } }]])(
  'the variable counts in %j too',
  async (where) => {
    const run = await start([status(429, { 'retry-after': '50' }), says('ok')], {}, {}, where);
    await run.waitOut();
    expect(await run.done).toBe(0);
    expect(run.said).toEqual(['[qwen-code] Waiting for API capacity... attempt 1, retry in 20s']);
  },
);

test('an answer cut by a lost connection is requested again, and only the second one counts', async () => {
  const cut: Reply = (response) => {
    begin(response, 'half of');
    setImmediate(() => response.socket?.destroy());
  };
  const run = await start([cut, says('a whole answer')]);
  within(await run.waitOut(), 1500, 0.3);
  expect(await run.done).toBe(0);
  expect(result(run)).toMatchObject({ subtype: 'success', result: 'a whole answer' });
  expect(JSON.stringify(run.out)).not.toContain('half of');
  expect(readFileSync(run.sessionFile(), 'utf8')).not.toContain('half of');
});

test('an answer without its final event is requested again at once', async () => {
  const run = await start([(response) => (begin(response, 'half'), response.end()), says('whole')]);
  expect(await run.waitOut()).toBe(500);
  expect(await run.done).toBe(0);
  expect(result(run)).toMatchObject({ result: 'whole' });
});

test('silence during an answer ends it after four minutes, and it is requested again', async () => {
  const run = await start([(response) => begin(response, 'and then'), says('here I am')]);
  const idle = () => run.timers.filter((ms) => ms === 240_000).length;
  await expect.poll(idle).toBe(2); // one wait for the first piece, one for the piece that never arrives
  run.clock.advance(239_999);
  expect(run.requests()).toBe(1);
  run.clock.advance(1);
  within(await run.waitOut(), 1500, 0.3);
  expect(await run.done).toBe(0);
  expect(result(run)).toMatchObject({ result: 'here I am' });
});

test('a silent server is abandoned after two minutes, and the request is sent again', async () => {
  const run = await start([() => undefined, says('here I am')]);
  await expect.poll(() => run.requests()).toBe(1);
  run.clock.advance(119_999);
  expect(run.requests()).toBe(1);
  run.clock.advance(1);
  within(await run.waitOut(), 1500, 0.3);
  expect(await run.done).toBe(0);
  expect(result(run)).toMatchObject({ result: 'here I am' });
});

test('a connection that is cut before an answer is opened again', async () => {
  const run = await start([(response) => response.socket?.destroy(), says('second')]);
  within(await run.waitOut(), 1500, 0.3);
  expect(await run.done).toBe(0);
  expect(run.requests()).toBe(2);
});

test('a Retry-After of zero is ignored', async () => {
  const run = await start([status(429, { 'retry-after': '0' }), says('ok')]);
  within(await run.waitOut(), 1500, 0.25);
  expect(await run.done).toBe(0);
});

test('an endless answer is abandoned after fifteen minutes, and it is requested again', async () => {
  const variables = { QWEN_STREAM_IDLE_TIMEOUT_MS: '5000000' };
  const run = await start([(response) => begin(response, 'and then'), says('here I am')], variables);
  await expect.poll(() => run.timers.filter((ms) => ms === 5_000_000).length).toBe(2);
  run.clock.advance(899_999);
  expect(run.requests()).toBe(1);
  run.clock.advance(1);
  within(await run.waitOut(), 1500, 0.3);
  expect(await run.done).toBe(0);
  expect(result(run)).toMatchObject({ result: 'here I am' });
});

test('with a lifetime of 0 an answer has no time limit', async () => {
  const run = await start([says('ok')], { QWEN_STREAM_MAX_LIFETIME_MS: '0' });
  expect(await run.done).toBe(0);
  expect(run.timers).not.toContain(900_000);
});

test('503 with a Retry-After waits that long, within the normal number of attempts', async () => {
  const run = await start([status(503, { 'retry-after': '40' }), says('ok')]);
  expect(await run.waitOut()).toBe(40_000);
  expect(await run.done).toBe(0);
  expect(run.said).toEqual([]);
});

test('maxRetries of the model applies to a run too', async () => {
  const run = await start([status(500)], {}, { maxRetries: 1, retryInitialDelayMs: 200 });
  within(await run.waitOut(), 200, 0.3);
  expect(await run.done).toBe(1);
  expect(run.requests()).toBe(2);
});

test('an interrupt during a long wait ends the run at once, without a result', async () => {
  const run = await start([status(429, { 'retry-after': '3600' })]);
  await run.nextWait();
  run.abort();
  expect(await run.done).toBe(1);
  expect(run.out.map(({ type }) => type)).toEqual(['system']);
});
