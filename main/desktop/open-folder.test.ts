import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { folderFromArguments, pickFolder } from './open-folder.ts';

const electron = vi.hoisted(() => ({ dialog: { showOpenDialog: vi.fn() } }));
vi.mock('electron', () => electron);

function folders(): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-arguments-')));
  onTestFinished(() => rmSync(base, { recursive: true }));
  for (const name of ['app', 'project', 'other']) mkdirSync(join(base, name));
  writeFileSync(join(base, 'file.txt'), '');
  return base;
}

test.each<[readonly string[], number, string | undefined]>([
  [['electron', 'app', 'project'], 2, 'project'],
  [['electron', '--no-sandbox', 'app', '--inspect', 'project'], 2, 'project'],
  [['gantry', 'project', 'other'], 1, 'project'],
  [['gantry', 'file.txt', 'missing', 'other'], 1, 'other'],
  [['gantry', 'gantry://project', '--flag'], 1, undefined],
  [['electron', 'app'], 2, undefined],
])('for %j after %d own arguments the folder is %s', (argv, skip, expected) => {
  const base = folders();
  expect(folderFromArguments(argv, base, skip)).toBe(expected === undefined ? undefined : join(base, expected));
});

test('an absolute path does not depend on the current folder', () => {
  const project = join(folders(), 'project');
  expect(folderFromArguments(['gantry', project], '/', 1)).toBe(project);
});

test.each([
  [{ canceled: true, filePaths: ['/a'] }, null],
  [{ canceled: false, filePaths: [] }, null],
  [{ canceled: false, filePaths: ['/a'] }, '/a'],
])('the dialog’s result %j becomes %s', async (answer, expected) => {
  electron.dialog.showOpenDialog.mockResolvedValueOnce(answer);
  expect(await pickFolder(undefined)).toBe(expected);
});
