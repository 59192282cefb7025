import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readUsage } from './usage-history.ts';

const ID = '123e4567-e89b-42d3-a456-426614174000';
const event = (name: string, fields: object) => ({
  type: 'system',
  subtype: 'ui_telemetry',
  timestamp: '2026-01-02T03:04:05.000Z',
  systemPayload: { uiEvent: { 'event.name': `qwen-code.${name}`, ...fields } },
});
const answer = { model: 'm', input_token_count: 10, output_token_count: 2, total_token_count: 12, duration_ms: 5 };
const record = { version: 1, sessionId: 'kept', timestamp: 7, models: { m: { requests: 3, inputTokens: 4, outputTokens: 5 } } };

function setUp(lines: readonly (object | string)[], records = '') {
  const base = mkdtempSync(join(tmpdir(), 'gantry-usage-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const chats = join(base, 'projects', '-p', 'chats');
  mkdirSync(chats, { recursive: true });
  const path = join(chats, `${ID}.jsonl`);
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  if (records !== '') writeFileSync(join(base, 'usage_record.jsonl'), records);
  return {
    path,
    read: (sinceMs = 0) => readUsage({ recordsFile: join(base, 'usage_record.jsonl'), projectsDir: join(base, 'projects'), sinceMs }),
  };
}

test('requests, failures and calls of a session are counted from its telemetry; torn, long and other lines are not', async () => {
  const { read } = setUp([
    event('api_response', answer),
    { type: 'user', text: '"ui_telemetry"'.repeat(20_000) },
    '{"type":"system","subtype":"ui_telemetry"',
    event('api_response', answer),
    event('api_error', { model: 'm', duration_ms: 1 }),
    event('tool_call', { success: true }),
    event('tool_call', { success: false }),
    event('api_response', { ...answer, model: '__proto__' }),
  ]);
  const [use, ...others] = await read();
  expect(others).toEqual([]);
  expect(use).toMatchObject({
    sessionId: ID,
    timestamp: Date.parse('2026-01-02T03:04:05.000Z'),
    tools: { totalCalls: 2, totalSuccess: 1, totalFail: 1 },
  });
  expect(use?.models['m']).toEqual({
    requests: 3,
    inputTokens: 20,
    outputTokens: 4,
    cachedTokens: 0,
    thoughtsTokens: 0,
    totalTokens: 24,
    totalLatencyMs: 11,
  });
});

test('a record of Qwen Code takes the place of its session; a file that is too old is not read', async () => {
  const { read, path } = setUp(
    [event('api_response', answer)],
    `${JSON.stringify(record)}\n${JSON.stringify({ ...record, sessionId: ID })}\nnonsense\n`,
  );
  expect((await read()).map(({ sessionId, timestamp }) => [sessionId, timestamp])).toEqual([
    ['kept', 7],
    [ID, 7],
  ]);
  const only = setUp([event('api_response', answer)]);
  utimesSync(only.path, new Date(1000), new Date(1000));
  expect([await only.read(2000), (await only.read(500)).length, path.length > 0]).toEqual([[], 1, true]);
});
