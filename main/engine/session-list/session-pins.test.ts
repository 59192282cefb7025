import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SessionId } from '../../../preload/contract/index.ts';
import { createSessionPins } from './session-pins.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-pins-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chats = () => join(folder, 'chats');
const file = () => join(folder, 'session-organization.v1.json');
const [ONE, TWO] = [SessionId.parse('one'), SessionId.parse('two')];

test('a session that is pinned again keeps its time, and the pins of others stay', async () => {
  const pins = createSessionPins();
  expect(await pins.set(chats(), ONE, true, 1000)).toBe(1000);
  expect(await pins.set(chats(), TWO, true, 2000)).toBe(2000);
  expect(await pins.set(chats(), ONE, true, 3000)).toBe(1000);
  expect(await pins.read(chats())).toEqual(
    new Map([
      ['one', 1000],
      ['two', 2000],
    ]),
  );
  expect(await pins.set(chats(), ONE, false, 4000)).toBeUndefined();
  expect(await pins.read(chats())).toEqual(new Map([['two', 2000]]));
});

test('two simultaneous changes are both kept', async () => {
  const pins = createSessionPins();
  await Promise.all([pins.set(chats(), ONE, true, 1000), pins.set(chats(), TWO, true, 2000)]);
  expect([...(await pins.read(chats())).keys()].sort()).toEqual(['one', 'two']);
});

test.each(['{ "schemaVersion": 2 }', '{ torn', ''])(
  'a file that says “%s” is left as it is, and the next change still runs',
  async (text) => {
    const pins = createSessionPins();
    writeFileSync(file(), text);
    await expect(pins.set(chats(), ONE, true, 1000)).rejects.toMatchObject({ code: 'file_unreadable' });
    expect(readFileSync(file(), 'utf8')).toBe(text);
    rmSync(file());
    expect(await pins.set(chats(), ONE, true, 1000)).toBe(1000);
  },
);

test('an unreadable file is not treated as missing', async () => {
  mkdirSync(file());
  await expect(createSessionPins().set(chats(), ONE, true, 1000)).rejects.toMatchObject({ code: 'file_unreadable' });
});
