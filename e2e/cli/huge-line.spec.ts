/** A session whose file has an enormous line: the command line continues it. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type CliRig, startCliRig } from './cli-rig.ts';

const MEGABYTES = 60;
/** The line alone, read completely and parsed, takes three times its bytes. Unit: MB. */
const HEAP_LIMIT_MB = 100;

let rig: CliRig;
test.beforeEach(async () => {
  rig = await startCliRig(() => ({ content: 'Gone on.' }));
});
test.afterEach(() => rig.close());

async function writeSession(id: string): Promise<string> {
  const chats = join(rig.home, '.qwen', 'projects', rig.project.replace(/[^a-zA-Z0-9]/g, '-'), 'chats');
  await mkdir(chats, { recursive: true });
  const path = join(chats, `${id}.jsonl`);
  const record = (uuid: string, parentUuid: string | null, type: string, text: string) =>
    JSON.stringify({
      message: { role: type === 'user' ? 'user' : 'model', parts: [{ text }] },
      ...{ sessionId: id, timestamp: '2026-01-01T00:00:00.000Z', cwd: rig.project, version: '0.15.10', type, uuid, parentUuid },
    });
  const [head = '', tail = ''] = record('a1', 'u1', 'assistant', 'The beginning. @').split('@');
  const file = await open(path, 'w');
  await file.write(`${record('u1', null, 'user', 'Tell me everything')}\n${head}`);
  for (let megabyte = 0; megabyte < MEGABYTES; megabyte += 1) await file.write('All of it. '.repeat(95_326));
  await file.write(`${tail}\n`);
  await file.close();
  return path;
}

test('a session with a line of 60 MB is resumed with little memory', async () => {
  const id = randomUUID();
  const path = await writeSession(id);
  const before = (await stat(path)).size;
  const { code, out, err } = await rig.run(['-p', 'Go on', '--resume', id], { node: [`--max-old-space-size=${HEAP_LIMIT_MB}`] });
  expect({ code, out, err }).toEqual({ code: 0, out: 'Gone on.\n', err: '' });
  const messages = JSON.stringify(rig.requests.at(-1)?.messages);
  expect(messages).toContain('The beginning.');
  expect(messages).toContain('Go on');
  expect(messages.length).toBeLessThan(200_000);
  expect((await stat(path)).size - before).toBeLessThan(10_000);
});
