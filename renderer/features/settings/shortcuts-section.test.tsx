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

test('another key is chosen by pressing it, moves commands from then on, and can be taken back', async () => {
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

test('a key that is in use, or that would be typed, is refused with the reason; Escape keeps the present one', async () => {
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

test('while a key is chosen the present one moves nothing', async () => {
  const { client } = await show();
  fireEvent.click(chooser());
  chooser().focus();
  await press(chooser(), 'b');
  expect(client.paramsOf('task.promote')).toEqual([]);
  expect(screen.getByRole('button', { name: /^Currently Ctrl B/ })).toBeTruthy();
});
