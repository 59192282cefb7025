import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { KeyChord } from '../../../preload/contract/index.ts';
import { renderWith } from '../../test/render.tsx';
import { settings, task } from '../../test/samples.ts';
import { TaskShortcuts } from '../task/index.ts';
import { ShortcutsSection } from './ShortcutsSection.tsx';

async function show() {
  let kept: KeyChord | null = null;
  return renderWith(
    <>
      <ShortcutsSection />
      <TaskShortcuts />
    </>,
    {
      'settings.describe': () => ({ settings: settings(kept === null ? {} : { moveToBackgroundKey: kept }) }),
      'settings.setMoveToBackgroundKey': ({ chord }) => {
        kept = chord;
        return {};
      },
      'task.list': () => ({ tasks: [task({ placement: 'foreground', wasBackground: false })] }),
      'task.promote': () => ({ task: task() }),
    },
    true,
  );
}

const chooser = () => screen.getByRole('button', { name: /Press|key/ });
const press = (target: Element | Window, key: string, over = {}) =>
  act(async () => void fireEvent.keyDown(target, { key, code: `Key${key.toUpperCase()}`, ctrlKey: true, ...over }));

test('a key is changed by pressing it, moves commands from then on, and can be reset', async () => {
  const { client } = await show();
  fireEvent.click(screen.getByRole('button', { name: 'Currently Ctrl B. Press to choose another shortcut' }));
  chooser().focus();
  await press(chooser(), 'm');
  expect(client.paramsOf('settings.setMoveToBackgroundKey')).toEqual([{ chord: 'Ctrl+M' }]);
  await screen.findByRole('button', { name: 'Currently Ctrl M. Press to choose another shortcut' });

  await press(window, 'b');
  expect(client.paramsOf('task.promote')).toEqual([]);
  await press(window, 'm');
  expect(client.paramsOf('task.promote')).toHaveLength(1);

  fireEvent.click(screen.getByRole('button', { name: 'Reset to Ctrl B' }));
  await waitFor(() => expect(client.paramsOf('settings.setMoveToBackgroundKey').at(-1)).toEqual({ chord: null }));
  await screen.findByRole('button', { name: /^Currently Ctrl B/ });
  expect(screen.queryByRole('button', { name: 'Reset to Ctrl B' })).toBeNull();
});

test('a key in use, or one that would type text, is refused with the reason; Escape keeps the current key', async () => {
  const { client } = await show();
  fireEvent.click(chooser());
  chooser().focus();
  await press(chooser(), 'j');
  expect(screen.getByRole('alert').textContent).toBe('Ctrl J is already used: Tasks panel. Choose another shortcut.');
  await press(chooser(), 'b', { ctrlKey: false });
  expect(screen.getByRole('alert').textContent).toMatch(/^B alone types a character/);
  await press(chooser(), 'Escape', { ctrlKey: false });
  expect(screen.getByRole('button', { name: /^Currently Ctrl B/ })).toBeTruthy();
  expect(client.paramsOf('settings.setMoveToBackgroundKey')).toEqual([]);
});

test('while a key is being recorded, the current key moves nothing', async () => {
  const { client } = await show();
  fireEvent.click(chooser());
  chooser().focus();
  await press(chooser(), 'b');
  expect(client.paramsOf('task.promote')).toEqual([]);
  expect(screen.getByRole('button', { name: /^Currently Ctrl B/ })).toBeTruthy();
});
