import { appendFileSync, chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { changeFile } from './replace-file.ts';
import { createTestMachine } from './settings.fixture.ts';

test.each([
  ['a file', '{}'],
  ['nothing yet', undefined],
])('a symbolic link to %s stays one, and its target is changed', async (_name, content) => {
  const machine = createTestMachine();
  const target = join(machine.folder, 'dotfiles', 'settings.json');
  if (content !== undefined) machine.write(target, content);
  else machine.write(join(machine.folder, 'dotfiles', 'other'), '');
  const link = join(machine.folder, 'settings.json');
  symlinkSync(join('dotfiles', 'settings.json'), link);
  expect(await changeFile(link, async () => 'new')).toBe(true);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readlinkSync(link)).toBe(join('dotfiles', 'settings.json'));
  expect(readFileSync(target, 'utf8')).toBe('new');
});

test('what another program writes in between is read, and the change is repeated', async () => {
  const machine = createTestMachine();
  const path = machine.write('settings.json', 'a');
  let asked = 0;
  await changeFile(path, async (seen) => {
    asked += 1;
    if (asked < 3) appendFileSync(path, 'b');
    return `${seen?.toString()}!`;
  });
  expect([asked, readFileSync(path, 'utf8')]).toEqual([3, 'abb!']);
});

test('the new text is on the disk before it replaces the old one', async () => {
  const machine = createTestMachine();
  const path = machine.write('settings.json', 'old');
  const handle = await open(path);
  const sync = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
  await handle.close();
  onTestFinished(() => sync.mockRestore());
  const atSync: string[] = [];
  sync.mockImplementation(async () => void atSync.push(readFileSync(path, 'utf8')));
  await changeFile(path, async () => 'new');
  expect([atSync, readFileSync(path, 'utf8')]).toEqual([['old'], 'new']);
});

test('a file that keeps changing is left to the other program, without leftovers', async () => {
  const machine = createTestMachine();
  const path = machine.write('settings.json', 'a');
  await expect(
    changeFile(path, async () => {
      appendFileSync(path, 'b');
      return 'mine';
    }),
  ).rejects.toThrow('another program keeps changing the file');
  expect(readFileSync(path, 'utf8')).toMatch(/^ab+$/);
  expect(readdirSync(machine.folder).toSorted()).toEqual(['home', 'settings.json']);
});

test('the mode of a file is kept, and without a change the file is not touched', async () => {
  const machine = createTestMachine();
  const path = machine.write('settings.json', 'a');
  chmodSync(path, 0o644);
  await changeFile(path, async () => 'b');
  expect(statSync(path).mode & 0o777).toBe(0o644);
  const { ino } = statSync(path);
  expect(await changeFile(path, async () => undefined)).toBe(false);
  expect(statSync(path).ino).toBe(ino);
});
