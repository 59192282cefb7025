/**
 * Damaged session files: whatever the damage, nothing throws, no intact record is lost, and each unreadable line
 * is reported. A sample runs here; `FUZZ_RUNS=10000` runs them all.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseRecord } from '../transcript/session-record.ts';
import { readTail } from './chain-tail.ts';
import { loadSession } from './load-session.ts';
import { readEdges } from './session-edges.ts';
import { readChain } from './session-file.ts';
import { inspectSession } from './session-inspect.ts';
import { createSessionLog } from './session-log.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '300');
const SEED = Number(process.env['FUZZ_SEED'] ?? '4');
const folder = mkdtempSync(join(tmpdir(), 'gantry-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** mulberry32: small, fast, and the same everywhere. */
function createRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(next() * count);
  const uuid = () => Array.from({ length: 32 }, () => '0123456789abcdef'[below(16)]).join('');
  return { below, uuid };
}
type Random = ReturnType<typeof createRandom>;

const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'other' }) as const;

/** Three to eight turns as both versions of Qwen Code write them, with their side records. */
function makeSession({ below, uuid }: Random): string[] {
  const lines: string[] = [];
  let parentUuid: string | null = null;
  const put = (fields: object) => {
    const id = uuid();
    lines.push(JSON.stringify({ uuid: id, parentUuid, sessionId: 's', timestamp: '2026-05-17T10:00:00.000Z', cwd: '/p', ...fields }));
    parentUuid = id;
  };
  for (let turn = 0, turns = 3 + below(6); turn < turns; turn += 1) {
    const callId = `call_${uuid()}`;
    put({ type: 'user', message: { role: 'user', parts: [{ text: `prompt ${turn} "é" \u{1f600}` }] } });
    put({ type: 'system', subtype: 'ui_telemetry', systemPayload: { uiEvent: { 'event.name': 'qwen-code.api_response' } } });
    put({ type: 'assistant', model: 'm', message: { role: 'model', parts: [{ functionCall: { id: callId, name: 'glob', args: {} } }] } });
    put({
      type: 'tool_result',
      message: { role: 'user', parts: [{ functionResponse: { id: callId, name: 'glob', response: { output: 'a' } } }] },
      toolCallResult: { callId, status: 'success', resultDisplay: 'Found 1' },
    });
    put({ type: 'assistant', model: 'm', message: { role: 'model', parts: [{ text: `answer ${turn}` }] } });
    if (below(4) === 0) put({ type: 'system', subtype: 'from_a_later_version', systemPayload: { any: 'thing' } });
  }
  return lines;
}

const foreign = (uuid: string, parentUuid: string | null) =>
  JSON.stringify({ uuid, parentUuid, sessionId: 'other', type: 'user', cwd: '/other', message: { parts: [{ text: 'foreign' }] } });

const KINDS = 12;
/** Swaps two lines. */
const SWAP = 7;

/** One kind of damage. */
function mutate(kind: number, bytes: Buffer, { below, uuid }: Random): Buffer {
  const at = below(bytes.length + 1);
  const lines = () => bytes.toString('latin1').split('\n');
  const joined = (changed: readonly string[]) => Buffer.from(changed.join('\n'), 'latin1');
  const pick = lines().length - 1;
  switch (kind) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = below(256);
      return copy;
    }
    case 1: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      return copy;
    }
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + below(600)))]);
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(Array.from({ length: 1 + below(40) }, () => below(256))),
        bytes.subarray(at),
      ]);
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return joined(lines().filter((_, index) => index !== below(pick + 1)));
    case 6: {
      const from = below(pick + 1);
      return joined(lines().flatMap((line, index) => (index === from ? [line, line] : [line])));
    }
    case SWAP: {
      const all = lines();
      const [one, two] = [below(pick), below(pick)];
      [all[one], all[two]] = [all[two] ?? '', all[one] ?? ''];
      return joined(all);
    }
    case 8:
      return joined(lines().toSpliced(below(pick + 1), 0, foreign(uuid(), below(2) === 0 ? null : uuid())));
    case 9:
      return joined(lines().toSpliced(below(pick + 1), 0, ['', '   ', '[]', 'null', '{"a":1}', '\0\0\0\0', '{"uuid":1}'][below(7)] ?? ''));
    case 10:
      return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    default:
      return Buffer.concat([bytes, Buffer.from('{"uuid":"torn","parentUuid":')]);
  }
}

async function check(path: string, original: readonly string[], isInOrder: boolean): Promise<void> {
  const wanted = new Map(original.map((line) => [line, parseRecord(line)?.uuid ?? '']));
  const lines = readFileSync(path, 'utf8').split('\n');
  const whole = new Set(lines.flatMap((line) => wanted.get(line.replace(/\r$/, '')) ?? []));
  const broken = lines.filter((line) => line.trim() !== '' && parseRecord(line) === undefined).length;

  const read = new Set<string>();
  const hasRecords = await readChain(path, (record) => void read.add(record.uuid));
  expect([...whole].filter((uuid) => !read.has(uuid))).toEqual([]);

  const file = await open(path, 'r');
  const { size } = await file.stat();
  const backward = await readTail(file, { endOffset: size, wanted: undefined }, () => false);
  const edges = await readEdges(path, size);
  await file.close();
  expect(edges.first === undefined).toBe(!hasRecords);
  const report = await inspectSession(path, { sessionId: 's', cwd: '/p' });
  const unread = report?.problems.filter(({ kind }) => kind === 'torn' || kind === 'not_json' || kind === 'no_record') ?? [];
  expect(unread).toHaveLength(Math.min(broken, 100));
  expect(unread.every(({ message, line }) => message.includes(`Line ${line}`))).toBe(true);

  // Read backward, as for files too long to be read whole, the order of the file decides.
  const found = new Set(backward.records.map(({ record }) => record.uuid));
  if (isInOrder) expect([...whole].filter((uuid) => !found.has(uuid))).toEqual([]);

  const log = createSessionLog({ path, sessionId: 's', cwd: '/p', version: '1', nowMs: () => 0, gitBranch: async () => undefined });
  const loaded = await loadSession(log, '/p', describe).catch((error: unknown) => {
    expect(error).toMatchObject({ code: expect.stringMatching(/^session_(damaged|unknown)$/) });
    return undefined;
  });
  if (whole.size > 0) expect(loaded).toBeDefined();
  if (broken > 0 && loaded !== undefined) expect(loaded.items.some(({ id }) => id === 'notice_damaged')).toBe(true);

  await log.append([{ uuid: 'appended', type: 'user', message: { parts: [{ text: 'goes on' }] } }]);
  const after: string[] = [];
  await readChain(path, (record) => void after.push(record.uuid));
  expect(after.at(-1)).toBe('appended');
  expect([...whole].filter((uuid) => !after.includes(uuid))).toEqual([]);
}

test(`${RUNS} damaged session files lose no readable record`, { timeout: 60_000 + RUNS * 60 }, async () => {
  const path = join(folder, 'fuzz.jsonl');
  for (let run = 0; run < RUNS; run += 1) {
    const random = createRandom(SEED * 1_000_003 + run);
    const original = makeSession(random);
    let bytes = Buffer.from(`${original.join('\n')}\n`);
    const kinds = Array.from({ length: 1 + random.below(3) }, () => random.below(KINDS));
    for (const kind of kinds) bytes = Buffer.from(mutate(kind, bytes, random));
    writeFileSync(path, bytes);
    try {
      await check(path, original, !kinds.includes(SWAP));
    } catch (error) {
      throw new Error(`run ${run} of seed ${SEED} (FUZZ_SEED=${SEED})`, { cause: error });
    }
  }
});
