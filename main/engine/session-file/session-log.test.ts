import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SessionRecord } from '../transcript/session-record.ts';
import { readChain } from './session-file.ts';
import { createSessionLog, titleDraft } from './session-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-log-'));
let count = 0;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function openLog(path = join(folder, 'p', `s${(count += 1)}.jsonl`)) {
  const log = createSessionLog({
    path,
    sessionId: 'sid',
    cwd: '/p',
    version: '1.2.3',
    nowMs: () => Date.UTC(2026, 0, 1),
    gitBranch: async () => 'main',
  });
  const read = async () => {
    const found: SessionRecord[] = [];
    await readChain(log.path, (record) => void found.push(record));
    return found;
  };
  return {
    log,
    path,
    read,
    lines: () =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

const says = (text: string) => ({ type: 'user', message: { role: 'user', parts: [{ text }] } }) as const;
const texts = (records: SessionRecord[]) => records.map((record) => record.message?.parts.map((part) => part.text).join('|'));

test('a record has the fields of Qwen Code, is chained to the previous one, and is in a private file', async () => {
  const { log, lines, path } = openLog();
  await log.append([says('one')]);
  await log.append([says('two')]);
  const [first, second] = lines();
  expect(first).toEqual({
    uuid: expect.any(String),
    parentUuid: null,
    sessionId: 'sid',
    timestamp: '2026-01-01T00:00:00.000Z',
    type: 'user',
    cwd: '/p',
    version: '1.2.3',
    gitBranch: 'main',
    message: { role: 'user', parts: [{ text: 'one' }] },
  });
  expect(second.parentUuid).toBe(first.uuid);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a truncated last line is kept, skipped, and separated from the next record', async () => {
  const { log, path, read } = openLog();
  await log.append([says('one')]);
  appendFileSync(path, '{"uuid":"torn","type":"us');
  await log.append([says('two')]);
  expect(readFileSync(path, 'utf8')).toContain('{"uuid":"torn","type":"us\n');
  expect(texts(await read())).toEqual(['one', 'two']);
});

test('malformed lines and unknown records stay in the file and do not break the chain', async () => {
  const { log, path, read, lines } = openLog();
  await log.append([says('one')]);
  const [first] = lines();
  appendFileSync(
    path,
    'not json\n{"uuid":"x1","parentUuid":"' + first.uuid + '","type":"system","subtype":"of_a_later_version","payload":{"deep":[1]}}\n',
  );
  await log.append([says('two')]);
  const chain = await read();
  expect(chain.map((record) => record.subtype ?? record.type)).toEqual(['user', 'of_a_later_version', 'user']);
  expect(chain[1]).toMatchObject({ payload: { deep: [1] } });
});

test('records of another program are detected, and the next record is chained to them', async () => {
  const { log, path, lines } = openLog();
  await log.append([says('one')]);
  expect(await log.hasChanged()).toBe(false);
  appendFileSync(
    path,
    `${JSON.stringify({ uuid: 'theirs', parentUuid: lines()[0].uuid, type: 'user', cwd: '/p', message: { parts: [{ text: 'theirs' }] } })}\n`,
  );
  expect(await log.hasChanged()).toBe(true);
  expect(await log.append([says('two')])).toEqual({ uuids: [expect.any(String)], foreign: true });
  expect(lines()[2].parentUuid).toBe('theirs');
  expect((await log.append([says('three')])).foreign).toBe(false);
});

test('a file of the same size with another end counts as changed', async () => {
  const { log, path } = openLog();
  await log.append([says('one')]);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"one"', '"two"'));
  expect(await log.hasChanged()).toBe(true);
});

test('a second log continues from the end of the file', async () => {
  const first = openLog();
  await first.log.append([says('one')]);
  const second = openLog(first.path);
  await second.log.append([says('two')]);
  expect(texts(await second.read())).toEqual(['one', 'two']);
});

test('records of one uuid are one record with joined parts', async () => {
  const { log, path, read } = openLog();
  await log.append([says('one')]);
  const base = { uuid: 'm', type: 'assistant', cwd: '/p' };
  const root = JSON.parse(readFileSync(path, 'utf8')).uuid;
  appendFileSync(
    path,
    `${JSON.stringify({ ...base, parentUuid: root, model: 'old', message: { role: 'model', parts: [{ text: 'a' }] } })}\n`,
  );
  appendFileSync(
    path,
    `${JSON.stringify({ ...base, parentUuid: root, model: 'new', message: { role: 'model', parts: [{ text: 'b' }] } })}\n`,
  );
  const chain = await read();
  expect(texts(chain)).toEqual(['one', 'a|b']);
  expect(chain[1]?.model).toBe('new');
});

test('concurrent appends stay complete and in order', async () => {
  const { log, read } = openLog();
  await Promise.all(Array.from({ length: 20 }, (_, index) => log.append([says(String(index))])));
  expect(texts(await read())).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
});

test('lines longer than the read window and characters across its edge are read back complete', async () => {
  const { log, read } = openLog();
  const long = 'ä€😀'.repeat(70_000);
  await log.append([says(long), says('after')]);
  const found = texts(await read());
  expect(found[0] === long).toBe(true);
  expect(found[1]).toBe('after');
});

test('the title is written again so that the end of a long file contains it', async () => {
  const { log, path } = openLog();
  await log.append([says('one'), titleDraft('My title')]);
  for (let at = 0; at < 12; at += 1) await log.append([says('x'.repeat(8_000))]);
  const tail = readFileSync(path, 'utf8').slice(-64 * 1024);
  expect(tail).toContain('"customTitle":"My title"');
});

test('the title is written again after another program has appended much and not repeated it', async () => {
  const { log, lines } = openLog();
  await log.append([says('one'), titleDraft('My title')]);
  const parts = [{ text: 'x'.repeat(300_000) }];
  appendFileSync(log.path, `${JSON.stringify({ uuid: 'theirs', parentUuid: null, type: 'user', message: { parts } })}\n`);
  await log.append([says('two')]);
  expect(lines().at(-1)).toMatchObject({ systemPayload: { customTitle: 'My title' } });
});

test('the title is written again with the first append past 32 KB after it, and not before', async () => {
  const { log, lines } = openLog();
  await log.append([says('one'), titleDraft('My title')]);
  const titles = async (chars: number) => {
    await log.append([says('x'.repeat(chars))]);
    return lines().filter(({ subtype }) => subtype === 'custom_title').length;
  };
  expect([await titles(20_000), await titles(12_000)]).toEqual([1, 1]);
  expect([await titles(1_000), await titles(1_000), await titles(33_000), await titles(1)]).toEqual([1, 2, 2, 3]);
  expect(lines().at(-1)).toMatchObject({ systemPayload: { customTitle: 'My title' } });
});

test('a missing file has no chain and is not created by reading', async () => {
  const { log, read } = openLog();
  expect(await read()).toEqual([]);
  expect(await log.exists()).toBe(false);
  expect(await log.hasChanged()).toBe(false);
});
