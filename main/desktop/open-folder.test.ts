import { expect, test, vi } from 'vitest';
import { pickFolder } from './open-folder.ts';

const electron = vi.hoisted(() => ({ dialog: { showOpenDialog: vi.fn() } }));
vi.mock('electron', () => electron);

test.each([
  [{ canceled: true, filePaths: ['/a'] }, null],
  [{ canceled: false, filePaths: [] }, null],
  [{ canceled: false, filePaths: ['/a'] }, '/a'],
])('the dialog’s result %j becomes %s', async (answer, expected) => {
  electron.dialog.showOpenDialog.mockResolvedValueOnce(answer);
  expect(await pickFolder(undefined)).toBe(expected);
});
