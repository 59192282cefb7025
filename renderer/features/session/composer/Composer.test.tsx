import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { type ApprovalMode, type CommandSummary, ProviderId } from '../../../../preload/contract/index.ts';
import { renderWith } from '../../../test/render.tsx';
import { project, provider } from '../../../test/samples.ts';
import type { Answers } from '../../../test/fake-client.ts';
import { Composer, type ComposerProps, type SendOptions } from './Composer.tsx';

beforeEach(() => localStorage.clear());

async function shown(over: Partial<ComposerProps> = {}, answers: Answers = {}) {
  const sent: string[] = [];
  const options: (SendOptions | undefined)[] = [];
  const ran: string[] = [];
  const modes: ApprovalMode[] = [];
  const props: ComposerProps = {
    draftKey: 's1',
    earlierPrompts: () => ['second', 'first'],
    onSend: async (text, how) => sent.push(text) > 0 && options.push(how) > 0,
    onRun: async (command) => ran.push(command) > 0,
    onStop: undefined,
    mode: 'default',
    onMode: (mode) => modes.push(mode),
    model: undefined,
    onModel: () => {},
    context: undefined,
    ...over,
  };
  const { client, stores } = await renderWith(<Composer {...props} />, answers, true);
  return { sent, ran, modes, options, client, stores };
}
const input = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
const type = (text: string) => fireEvent.change(input(), { target: { value: text } });
const press = (key: string, over: object = {}) => act(async () => fireEvent.keyDown(input(), { key, ...over }));

test('Enter sends and clears the field; Shift+Enter and the Enter of an input method do not send', async () => {
  const { sent } = await shown();
  type('hello');
  await press('Enter', { shiftKey: true });
  await press('Enter', { isComposing: true });
  expect(sent).toEqual([]);
  await press('Enter');
  expect(sent).toEqual(['hello']);
  expect(input().value).toBe('');
});

test('the draft of a prompt that was sent just before a crash does not return', async () => {
  localStorage.setItem('gantry.draft.s1', 'second');
  await shown();
  expect(input().value).toBe('');
  expect(localStorage.getItem('gantry.draft.s1')).toBeNull();
  await press('ArrowUp');
  expect(input().value).toBe('second');
});

test('a draft that was not sent returns', async () => {
  localStorage.setItem('gantry.draft.s1', 'first');
  await shown();
  expect(input().value).toBe('first');
});

test('blank text is not sent', async () => {
  const { sent } = await shown();
  type('  \n ');
  await press('Enter');
  expect(sent).toEqual([]);
});

test('text that could not be sent returns to the field', async () => {
  await shown({ onSend: async () => false });
  type('hello');
  await press('Enter');
  expect(input().value).toBe('hello');
});

test('a draft is kept for each session', async () => {
  await shown();
  type('half a thought');
  await shown();
  expect(input().value).toBe('half a thought');
  await shown({ draftKey: 's2' });
  expect(input().value).toBe('');
});

test('Up recalls earlier prompts and Down returns to the draft', async () => {
  await shown();
  await press('ArrowUp');
  expect(input().value).toBe('second');
  await press('ArrowUp');
  expect(input().value).toBe('first');
  await press('ArrowDown');
  await press('ArrowDown');
  expect(input().value).toBe('');
});

test('Up inside a text moves the caret and recalls nothing', async () => {
  await shown();
  type('some text');
  input().setSelectionRange(4, 4);
  await press('ArrowUp');
  expect(input().value).toBe('some text');
});

test.each([
  ['plan', 'default'],
  ['auto-edit', 'plan'],
  ['yolo', 'plan'],
] as const)('Shift+Tab selects the mode after %s, which is %s and never yolo', async (mode, next) => {
  const { modes } = await shown({ mode });
  await press('Tab', { shiftKey: true });
  expect(modes).toEqual([next]);
});

test('while a turn runs it can be stopped, and a message is queued', async () => {
  let stopped = 0;
  const { sent } = await shown({ onStop: () => (stopped += 1) });
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(stopped).toBe(1);
  type('and then');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Send for the next step' })));
  expect(sent).toEqual(['and then']);
});

test('the gauge shows how much of the window is used', async () => {
  await shown({ context: { usedTokens: 46_000, windowTokens: 256_000 } });
  expect(screen.getByRole('meter', { name: 'Context used' }).getAttribute('aria-valuenow')).toBe('18');
});

test('the gauge opens details of the context, which it requests from the engine', async () => {
  const said: Answers = { 'command.run': () => ({ outcome: { kind: 'said', text: 'full' } }) };
  const { client } = await shown({ context: { usedTokens: 46_000, windowTokens: 256_000 } }, said);
  await act(async () => fireEvent.click(screen.getByRole('meter', { name: 'Context used' })));
  expect(screen.getByText('210 K tokens free')).toBeDefined();
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Context details' })));
  expect(client.paramsOf('command.run')).toEqual([{ sessionId: 's1', text: '/context' }]);
});

test('a leading ! runs the rest as a command; with a space before it, it is a prompt again', async () => {
  const { sent, ran } = await shown();
  type('!');
  expect(screen.getByText(/Runs in this folder without the agent/)).toBeDefined();
  await press('Enter');
  type('! npm test ');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Run' })));
  expect([ran, sent, input().value]).toEqual([['npm test'], [], '']);
  type(' !important matters');
  await press('Enter');
  expect([ran, sent]).toEqual([['npm test'], ['!important matters']]);
});

test('a command that did not start returns to the field, and none runs while something else runs', async () => {
  const { ran } = await shown({ onRun: async () => false });
  type('!npm test');
  await press('Enter');
  expect([input().value, ran]).toEqual(['!npm test', []]);
  const busy = await shown({ onStop: () => {} });
  type('!npm test');
  await press('Enter');
  expect([busy.ran, input().value]).toEqual([[], '!npm test']);
  expect(screen.getByText(/or stop what is running/)).toBeDefined();
});

/** As the browser does: the caret is after the typed text. */
function typeAt(text: string) {
  type(text);
  input().setSelectionRange(text.length, text.length);
  return act(async () => fireEvent.select(input()));
}
const options = () => screen.getAllByRole('option').map((option) => option.textContent);
const FILES: Answers = {
  'project.findFiles': ({ query }) => ({ paths: query === 'zz' ? [] : ['src/', 'src/my file.ts', 'README.md'], isWhole: true }),
};

test('while a turn runs, Enter delivers as chosen, and Ctrl+Enter the other way', async () => {
  const { sent, options: how } = await shown({ onStop: () => {} });
  type('one');
  await press('Enter');
  type('two');
  await press('Enter', { ctrlKey: true });
  expect([sent, how]).toEqual([
    ['one', 'two'],
    [{ delivery: 'steer' }, { delivery: 'queue' }],
  ]);
  localStorage.setItem('gantry.delivery', 'queue');
  const later = await shown({ onStop: () => {} });
  type('three');
  await press('Enter');
  expect(later.options).toEqual([{ delivery: 'queue' }]);
});

test('without a turn, the delivery is not shown', async () => {
  const { options: how } = await shown();
  type('one');
  await press('Enter', { ctrlKey: true });
  expect(how).toEqual([{}]);
});

test('an @ offers files; the arrow keys select, Enter inserts an escaped path and does not send', async () => {
  const { sent, client } = await shown({}, FILES);
  await typeAt('see @fi');
  expect(client.paramsOf('project.findFiles').at(-1)).toEqual({ projectId: 'p1', query: 'fi', limit: 30 });
  expect(options()).toEqual(['src/', 'my file.tssrc/', 'README.md']);
  await press('ArrowDown');
  expect(input().getAttribute('aria-activedescendant')).toBe(screen.getByRole('option', { selected: true }).id);
  await press('Enter');
  expect([input().value, sent]).toEqual(['see @src/my\\ file.ts ', []]);
  expect(screen.queryByRole('listbox')).toBeNull();
});

test('a chosen folder stays open for its content, and "no matches" is shown', async () => {
  await shown({}, FILES);
  await typeAt('@s');
  await press('Tab');
  expect(input().value).toBe('@src/');
  expect(screen.getByRole('listbox', { name: 'Files and folders' })).toBeDefined();
  await typeAt('@zz');
  expect(screen.getByText('No matching files or folders')).toBeDefined();
});

test('a completely typed path is sent by the first Enter', async () => {
  const { sent } = await shown({}, { 'project.findFiles': () => ({ paths: ['README.md'], isWhole: true }) });
  await typeAt('read @README.md');
  await press('Enter');
  expect(sent).toEqual(['read @README.md']);
});

test('Escape closes the list and does not reach the window; the next word opens it again', async () => {
  await shown({}, FILES);
  const reached: string[] = [];
  const listen = (event: KeyboardEvent) => reached.push(event.key);
  window.addEventListener('keydown', listen);
  await typeAt('@s');
  await press('Escape');
  window.removeEventListener('keydown', listen);
  expect([screen.queryByRole('listbox'), reached]).toEqual([null, []]);
  await typeAt('@s @r');
  expect(screen.getByRole('listbox')).toBeDefined();
});

const COMMANDS: Answers = {
  'command.list': () => ({
    commands: [
      { name: 'context', aliases: [], description: 'Show what fills the window', runsIn: 'engine', source: 'built-in' },
      { name: 'clear', aliases: ['new'], description: 'Begin a new session', runsIn: 'window', source: 'built-in' },
      { name: 'review', aliases: [], description: 'Look at a change', argumentHint: '[branch]', runsIn: 'model', source: 'project' },
    ],
  }),
};

test('a / offers commands with their hints; a prompt command is sent, an engine command is run', async () => {
  const { sent, client } = await shown({}, { ...COMMANDS, 'command.run': () => ({ outcome: { kind: 'said', text: 'full' } }) });
  await typeAt('/re');
  expect(options()).toEqual(['/review[branch]Look at a change']);
  await press('Tab');
  await typeAt('/review main');
  await press('Enter');
  expect(sent).toEqual(['/review main']);
  await typeAt('/context');
  await press('Enter');
  expect(client.paramsOf('command.run')).toEqual([{ sessionId: 's1', text: '/context' }]);
  expect([sent, input().value]).toEqual([['/review main'], '']);
});

test('a window command, also by its alias, is run by the window and is not sent', async () => {
  const { sent, client, stores } = await shown({}, COMMANDS);
  let begun = 0;
  stores.actions.newSession = async () => (begun += 1) > 0;
  await typeAt('/new');
  await press('Enter');
  expect([begun, sent, client.paramsOf('command.run'), input().value]).toEqual([1, [], [], '']);
});

test('a command with a missing argument shows what is missing, and returns to the field', async () => {
  const text = 'Say the new name: /rename <title>.';
  const rename: CommandSummary = { name: 'rename', aliases: [], description: '', runsIn: 'engine', source: 'built-in' };
  const { stores, sent } = await shown(
    {},
    {
      'command.list': () => ({ commands: [rename] }),
      'command.run': () => ({ outcome: { kind: 'window', name: 'rename', args: '', text } }),
    },
  );
  await typeAt('/rename');
  await press('Enter');
  expect(stores.ui.getState().toasts.map((toast) => toast.text)).toEqual([text]);
  expect([input().value, sent]).toEqual(['/rename', []]);
});

test('an unknown command is sent so that the engine can suggest similar names, and returns to the field', async () => {
  await shown({ onSend: async () => false }, COMMANDS);
  await typeAt('/revue');
  await press('Enter');
  expect(input().value).toBe('/revue');
});

test('a pasted image goes with the message, can be removed, and returns if it could not be sent', async () => {
  const { options: how, sent } = await shown();
  const shot = new File([new Uint8Array([1, 2, 3])], 'shot.png', { type: 'image/png' });
  const paste = () => fireEvent.paste(input(), { clipboardData: { files: [shot], types: ['Files'] } });
  paste();
  const strip = await screen.findByRole('list', { name: 'Attachments' });
  fireEvent.click(within(strip).getByRole('button', { name: 'Remove shot.png' }));
  expect(screen.queryByRole('list', { name: 'Attachments' })).toBeNull();
  paste();
  await screen.findByRole('list', { name: 'Attachments' });
  await press('Enter');
  expect(sent).toEqual(['']);
  expect(how).toEqual([{ attachments: [expect.objectContaining({ name: 'shot.png', mimeType: 'image/png', data: 'AQID' })] }]);
  expect(screen.queryByRole('list', { name: 'Attachments' })).toBeNull();
  await shown({ onSend: async () => false });
  paste();
  await screen.findByRole('list', { name: 'Attachments' });
  await press('Enter');
  expect(screen.getByRole('list', { name: 'Attachments' })).toBeDefined();
});

test('a model that accepts no images is named before the message is sent', async () => {
  const model = { providerId: ProviderId.parse('demo'), modelId: 'gantry-demo' };
  const blind = provider({ models: [{ id: 'gantry-demo', name: 'Gantry demo', takesImages: false }] });
  await shown({ model }, { 'provider.list': () => ({ providers: [blind], presets: [] }) });
  const shot = new File([new Uint8Array([1])], 'shot.png', { type: 'image/png' });
  drop(document.body, [{ file: shot, isDirectory: false }]);
  expect(await screen.findByText('Gantry demo does not accept images. The model is notified that an image was omitted.')).toBeDefined();
});

/** A drop as browsers report it: a folder is a file too, and only its entry says what it is. */
function drop(target: Element, dropped: readonly { readonly file: File; readonly isDirectory: boolean }[]): void {
  const items = dropped.map(({ file, isDirectory }) => ({
    kind: 'file',
    getAsFile: () => file,
    webkitGetAsEntry: () => ({ isDirectory }),
  }));
  fireEvent.drop(target, { dataTransfer: { items, files: dropped.map(({ file }) => file), types: ['Files'] } });
}

test('a dropped folder is opened where its path is known, and refused with a reason elsewhere', async () => {
  const folder = new File([], 'alpha');
  vi.stubGlobal('host', { pathOf: (file: File) => (file === folder ? '/home/ada/alpha' : '') });
  const { client } = await shown({}, { 'project.open': () => ({ project: project() }) });
  drop(document.body, [{ file: folder, isDirectory: true }]);
  await waitFor(() => expect(client.paramsOf('project.open')).toEqual([{ path: '/home/ada/alpha' }]));
  vi.unstubAllGlobals();

  const { client: browser, stores } = await shown();
  drop(document.body, [{ file: folder, isDirectory: true }]);
  expect(stores.ui.getState().toasts.map(({ text }) => text)).toEqual([
    'alpha is a folder. To work in it, choose “Open folder”; to mention files in it, type @.',
  ]);
  expect(browser.paramsOf('project.open')).toEqual([]);
});
