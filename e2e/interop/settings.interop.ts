/** One `settings.json` and one environment produce the same request from every program: address, key, fields. */
import { expect, test } from 'vitest';
import { QWEN_VERSIONS, run, start } from './programs.ts';
import type { SentRequest } from './recording-model.ts';
import { type Arrived, CASES, writeEntries } from './settings-cases.ts';
import { createWorld } from './world.ts';

/** Gantry uses a folder's own files only if the user trusts it; Qwen Code asks only if it is configured to. */
const OURS = ['--trust'];

test.concurrent.each(CASES)('$name', async ({ arrange, expected, known = QWEN_VERSIONS }) => {
  await using world = await createWorld();
  const { args = [], env = {} } = arrange(world) ?? {};
  const arrived: Record<string, Arrived | string> = {};
  for (const program of ['gantry', ...known] as const) {
    const before = world.model.requests.length;
    const ended = await run(program, world, ['-p', 'hello', ...(program === 'gantry' ? OURS : []), ...args], { env });
    const request = world.model.requests[before];
    arrived[program] = request === undefined ? `${ended.out}${ended.err}` : toArrived(request, expected);
  }
  expect(arrived).toEqual(Object.fromEntries(['gantry', ...known].map((program) => [program, expected])));
});

function toArrived({ path, headers, body }: SentRequest, expected: Arrived): Arrived {
  const { messages: _messages, tools: _tools, stream: _stream, stream_options: _options, ...fields } = body;
  const own = Object.keys(headers).filter((name) => name.startsWith('x-') && !name.startsWith('x-stainless-'));
  // Without a limit in the settings, each program sends its own.
  const { max_tokens: _limit, ...unlimited } = fields;
  return {
    path,
    key: String(headers.authorization).replace(/^Bearer /, ''),
    ...(own.length === 0 ? {} : { headers: Object.fromEntries(own.map((name) => [name, String(headers[name])])) }),
    fields: 'max_tokens' in expected.fields ? fields : unlimited,
  };
}

test.concurrent.each(['gantry', ...QWEN_VERSIONS] as const)(
  '%s gives up on a silent server after the timeout of the entry',
  async (program) => {
    await using world = await createWorld();
    world.model.answer = () => ({ silent: true });
    const timeout = 1500;
    writeEntries(world, [{ id: 'qwen-slow', path: '/v1', generationConfig: { timeout, maxRetries: 0 } }]);
    const child = start(program, world, ['-p', 'hello']);
    child.stdin.end();
    try {
      await expect.poll(() => world.model.requests.length, { timeout: 60_000 }).toBeGreaterThan(0);
      const waited = (await world.model.requests[0]?.givenUp) ?? 0;
      expect(waited).toBeGreaterThan(timeout - 200);
      expect(waited).toBeLessThan(timeout * 4);
    } finally {
      child.kill('SIGKILL');
    }
  },
);
