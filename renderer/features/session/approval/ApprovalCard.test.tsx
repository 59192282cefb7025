import { act, fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Approval } from '../../../../preload/contract/index.ts';
import { ClientError } from '../../../rpc/index.ts';
import { approval, SESSION } from '../../../test/samples.ts';
import { renderWith } from '../../../test/render.tsx';
import { ApprovalCard } from './ApprovalCard.tsx';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function shown(over: Partial<Approval> = {}) {
  return renderWith(<ApprovalCard approval={approval(over)} count={1} />, { 'approval.resolve': () => ({}) });
}
const card = () => screen.getByRole('region', { name: 'Approval needed: Run a command' });
const pass = (ms: number) => act(async () => vi.advanceTimersByTime(ms));
const click = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })));

test('the whole command is shown, however long', async () => {
  const command = `echo ${'x'.repeat(5000)} && rm -rf build`;
  await shown({ command });
  expect(card().textContent).toContain(command);
});

test('the card does not take the focus', async () => {
  await shown();
  await pass(1000);
  expect(card().contains(document.activeElement)).toBe(false);
});

test("an answer within half a second of the card's appearance is ignored", async () => {
  const { client } = await shown();
  await pass(400);
  await click('Allow once');
  act(() => card().focus());
  fireEvent.keyDown(card(), { key: 'Enter' });
  expect(client.paramsOf('approval.resolve')).toEqual([]);
  await pass(200);
  await click('Allow once');
  expect(client.paramsOf('approval.resolve')).toEqual([
    { sessionId: SESSION, approvalId: 'a1', digest: 'd1', decision: { kind: 'allow', scope: 'once' } },
  ]);
});

test('after a change, too, an answer within half a second is ignored', async () => {
  let change = (_next: Approval): void => undefined;
  const Changing = () => {
    const [current, setCurrent] = useState(approval());
    change = setCurrent;
    return <ApprovalCard approval={current} count={1} />;
  };
  const { client } = await renderWith(<Changing />, { 'approval.resolve': () => ({}) });
  await pass(600);
  await act(async () => change(approval({ digest: 'd2', command: 'rm -rf build' })));
  await pass(400);
  await click('Allow once');
  act(() => card().focus());
  fireEvent.keyDown(card(), { key: 'Enter' });
  expect(client.paramsOf('approval.resolve')).toEqual([]);
  await pass(200);
  await click('Allow once');
  expect(client.paramsOf('approval.resolve').map(({ digest }) => digest)).toEqual(['d2']);
});

test.each(['Deny', 'Deny with note', 'Allow for session'])('Enter on the button %s does not allow once', async (name) => {
  const { client } = await shown();
  await pass(600);
  const button = screen.getByRole('button', { name });
  act(() => button.focus());
  await act(async () => fireEvent.keyDown(button, { key: 'Enter' }));
  expect(client.paramsOf('approval.resolve')).toEqual([]);
});

test('Enter allows once when the card itself has the focus, and is sent once', async () => {
  const { client } = await shown();
  await pass(600);
  await act(async () => {
    fireEvent.keyDown(card(), { key: 'Enter' });
    fireEvent.keyDown(card(), { key: 'Enter' });
  });
  expect(client.paramsOf('approval.resolve')).toHaveLength(1);
});

test('Escape never denies', async () => {
  const { client } = await shown();
  await pass(600);
  fireEvent.keyDown(card(), { key: 'Escape' });
  expect(client.paramsOf('approval.resolve')).toEqual([]);
});

test('a denial carries its note', async () => {
  const { client } = await shown();
  await pass(600);
  await click('Deny with note');
  const note = screen.getByRole('textbox', { name: 'Note to the agent' });
  expect(document.activeElement).toBe(note);
  fireEvent.change(note, { target: { value: ' use the staging database ' } });
  await click('Deny');
  expect(client.paramsOf('approval.resolve').map((params) => params.decision)).toEqual([
    { kind: 'deny', note: 'use the staging database' },
  ]);
});

test('Escape in the note discards it and denies nothing', async () => {
  const { client } = await shown();
  await pass(600);
  await click('Deny with note');
  fireEvent.keyDown(screen.getByRole('textbox', { name: 'Note to the agent' }), { key: 'Escape' });
  expect(screen.getByRole('button', { name: 'Allow once' })).toBeDefined();
  expect(client.paramsOf('approval.resolve')).toEqual([]);
});

test('after a failed answer the approval can be answered again', async () => {
  const { client, stores } = await shown();
  client.answer('approval.resolve', () => {
    throw new ClientError({ code: 'approval_stale', message: 'The command has changed since it was shown.' });
  });
  await pass(600);
  await click('Allow once');
  expect(stores.ui.getState().toasts).toHaveLength(1);
  await click('Allow for session');
  expect(client.paramsOf('approval.resolve')).toHaveLength(2);
});

test('the risky parts of a command are marked and described', async () => {
  await shown({ command: 'ls > out.txt', risks: [{ start: 3, end: 12, why: 'writes to out.txt' }] });
  expect([...card().querySelectorAll('mark')].map((mark) => [mark.textContent, mark.title])).toEqual([['> out.txt', 'writes to out.txt']]);
  expect(card().textContent).toContain('Reason: writes to out.txt');
});

test('what to notice about a command is marked in it and named below it', async () => {
  const marks = [
    { start: 0, end: 4, code: 'privilege' },
    { start: 5, end: 7, code: 'destructive' },
  ] as const;
  await shown({ command: 'sudo rm x', marks: [...marks] });
  expect([...card().querySelectorAll('mark')].map((mark) => [mark.textContent, mark.title])).toEqual([
    ['sudo', 'Elevated rights'],
    ['rm', 'Destructive'],
  ]);
  expect(card().textContent).toContain('Elevated rightsDestructive');
});

test('the rule and its file are shown before the rule is saved', async () => {
  const path = '/srv/shop/.qwen/settings.json';
  const { client } = await shown({ offers: [{ scope: 'project', rules: ['Bash(npm test *)'], path }] });
  await pass(600);
  expect(screen.queryByRole('button', { name: 'Always allow' })).toBeNull();
  await click('Always allow in project');
  expect(client.paramsOf('approval.resolve')).toEqual([]);
  expect(card().textContent).toContain('Bash(npm test *)');
  expect(card().textContent).toContain(path);
  await click('Back');
  await click('Always allow in project');
  await click('Save rule and allow');
  expect(client.paramsOf('approval.resolve').map((params) => params.decision)).toEqual([{ kind: 'allow', scope: 'project' }]);
});

test('the card shows whether the command is sandboxed', async () => {
  await shown({ sandbox: { status: 'unavailable', problem: { code: 'not_installed', program: 'bubblewrap' } } });
  expect(card().textContent).toContain('bubblewrap is not installed; commands do not run');
});

test('an approval from before a restart can be run now or denied, and offers no rule', async () => {
  const path = '/srv/shop/.qwen/settings.json';
  const { client } = await shown({ interrupted: true, offers: [{ scope: 'project', rules: ['Bash(npm test *)'], path }] });
  await pass(600);
  expect(card().textContent).toContain('Nothing was run');
  expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual(['Run now and continue', 'Deny', 'Deny with note']);
  await click('Run now and continue');
  expect(client.paramsOf('approval.resolve').map((params) => params.decision)).toEqual([{ kind: 'allow', scope: 'once' }]);
});

const DIFF = {
  kind: 'diff' as const,
  path: 'a.ts',
  patch: '@@ -1 +1 @@\n-a\n+b',
  added: 1,
  removed: 1,
  isNewFile: false,
  truncated: false,
};
/** An edit: an approval without a command. */
async function shownDiff(over: Partial<typeof DIFF>) {
  const { command: _command, ...edit } = approval({ display: { ...DIFF, ...over } });
  return renderWith(<ApprovalCard approval={edit} count={1} />, { 'approval.resolve': () => ({}) });
}
const enter = () => act(async () => void fireEvent.keyDown(card(), { key: 'Enter' }));

test.each<[string, Partial<Approval>]>([
  ['the command', { command: 'rm -rf ~ #\u202etset mpn' }],
  ['the folder', { command: 'ls', cwd: '/srv/a\u200bb' }],
  ['a rule', { command: 'ls', offers: [{ scope: 'user', rules: ['Bash(l\u00ads)'], path: '/x' }] }],
])('an invisible character in %s is pointed out, and Enter does not allow it', async (_where, over) => {
  const { client } = await shown(over);
  await pass(600);
  expect(card().textContent).toContain('contains invisible characters');
  await enter();
  expect(client.paramsOf('approval.resolve')).toEqual([]);
  await click('Allow once');
  expect(client.paramsOf('approval.resolve')).toHaveLength(1);
});

test('an invisible character in a diff is pointed out, and Enter does not allow it', async () => {
  const { client } = await shownDiff({ patch: '@@ -1 +1 @@\n-a\n+\u2066b' });
  await pass(600);
  expect(card().textContent).toContain('U+2066b');
  await enter();
  expect(client.paramsOf('approval.resolve')).toEqual([]);
});

test('an invisible character of the command is shown as its code', async () => {
  await shown({ command: 'rm -rf ~ #\u202etset mpn' });
  expect(card().querySelector('pre')?.textContent).toBe('rm -rf ~ #U+202Etset mpn');
});

test('a diff with CR LF line ends contains nothing invisible', async () => {
  const { client } = await shownDiff({ patch: '@@ -1 +1 @@\r\n-a\r\n+b\r\n' });
  await pass(600);
  await enter();
  expect(client.paramsOf('approval.resolve')).toHaveLength(1);
});

test('Enter scrolls a long command first, and allows it once its end was in view', async () => {
  const { client } = await shown({ command: 'echo long' });
  await pass(600);
  const command = card().querySelector('pre');
  if (command === null) throw new Error('no command');
  Object.defineProperties(command, { clientHeight: { value: 100 }, scrollHeight: { value: 250 } });
  await enter();
  expect(command.scrollTop).toBe(90);
  await enter();
  expect(client.paramsOf('approval.resolve')).toEqual([]);
  expect(command.scrollTop).toBe(180);
  act(() => void fireEvent.scroll(command));
  command.scrollTop = 0; // back to the beginning: its end has been seen
  await enter();
  expect(client.paramsOf('approval.resolve')).toHaveLength(1);
});

test('Enter does not allow a diff of which only a part is in the page', async () => {
  const patch = `@@ -1 +1,500 @@\n${Array.from({ length: 500 }, (_, at) => `+${at}`).join('\n')}`;
  const { client } = await shownDiff({ patch });
  await pass(600);
  await enter();
  expect(client.paramsOf('approval.resolve')).toEqual([]);
  await click('Show all 501 lines');
  await enter();
  expect(client.paramsOf('approval.resolve')).toHaveLength(1);
});
