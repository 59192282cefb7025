import { expect, test, vi } from 'vitest';
import { confirmInDialog } from './confirm-dialog.ts';

const electron = vi.hoisted(() => ({ dialog: { showMessageBox: vi.fn() } }));
vi.mock('electron', () => electron);

const question = { message: 'Trust this folder?', detail: '/p', action: 'Trust' };

test.each([
  [0, true],
  [1, false],
])('the button %d of the dialog gives %s, and Cancel is its default', async (response, isGranted) => {
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response });
  expect(await confirmInDialog(undefined, question, new AbortController().signal)).toBe(isGranted);
  expect(electron.dialog.showMessageBox).toHaveBeenLastCalledWith(
    expect.objectContaining({ message: 'Trust this folder?', detail: '/p', buttons: ['Trust', 'Cancel'], defaultId: 1, cancelId: 1 }),
  );
});

test('a page that has left grants nothing', async () => {
  const left = new AbortController();
  electron.dialog.showMessageBox.mockImplementationOnce(async () => (left.abort(), { response: 0 }));
  expect(await confirmInDialog(undefined, question, left.signal)).toBe(false);
});
