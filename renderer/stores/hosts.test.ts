/** What differs between hosts, and what other windows do meanwhile. */
import { afterEach, expect, test, vi } from 'vitest';
import { type SurvivorSummary, TaskId } from '../../preload/contract/index.ts';
import { ClientError } from '../rpc/index.ts';
import { type Answers, createFakeClient } from '../test/fake-client.ts';
import { answers, PROJECT, SESSION } from '../test/samples.ts';
import { createStores } from './stores.ts';

afterEach(() => vi.unstubAllGlobals());

async function start(over: Answers = {}) {
  const client = createFakeClient(answers(over));
  const stores = createStores(client, { activeProjectId: PROJECT, activeSessionId: SESSION });
  client.setState({ kind: 'ready' });
  await vi.waitFor(() => expect(stores.host.getState().app).toBeDefined());
  return { client, stores };
}
const describedAs = (host: 'server' | 'desktop'): Answers => ({
  'app.describe': () => ({ version: '1', host, platform: 'linux', homePath: '/h', canPickFolder: false }),
});

test('BT-30: in a browser the page opens http and https links itself, without a reference to this page, and no other scheme', async () => {
  const opened: unknown[][] = [];
  vi.stubGlobal('open', (...args: unknown[]) => void opened.push(args));
  const { client, stores } = await start(describedAs('server'));
  for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'vscode://x', 'not an address'])
    expect(await stores.actions.openExternal(url)).toBe(false);
  expect(opened).toEqual([]);
  expect(await stores.actions.openExternal('https://example.com/a')).toBe(true);
  expect(opened).toEqual([['https://example.com/a', '_blank', 'noopener,noreferrer']]);
  expect(client.paramsOf('app.openExternal')).toEqual([]);
});

test('on the desktop a link goes to the host, which checks it again', async () => {
  const { client, stores } = await start({ ...describedAs('desktop'), 'app.openExternal': () => ({}) });
  expect(await stores.actions.openExternal('https://example.com/a')).toBe(true);
  expect(client.paramsOf('app.openExternal')).toEqual([{ url: 'https://example.com/a' }]);
});

test('BT-18: what another window did with a survivor is shown here at once', async () => {
  const left: SurvivorSummary = { taskId: TaskId.parse('bg_00000001'), command: 'setsid serve', cwd: '/p', processes: [] };
  let survivors = [left];
  const { client, stores } = await start({ 'survivor.list': () => ({ survivors }) });
  await vi.waitFor(() => expect(stores.host.getState().survivors).toEqual([left]));
  survivors = [];
  client.emit({ event: 'survivors.changed', data: {} });
  await vi.waitFor(() => expect(stores.host.getState().survivors).toEqual([]));
});

test('a session that another window has closed is opened again by the next prompt', async () => {
  let isOpen = false;
  const { client, stores } = await start({
    'session.attach': () => {
      isOpen = true;
      return answers()['session.attach']?.({ projectId: PROJECT, sessionId: SESSION }) ?? Promise.reject(new Error('no sample'));
    },
    'session.prompt': () => {
      if (!isOpen) throw new ClientError({ code: 'session_unknown', message: 'This session is not open. Open it again.' });
      return {};
    },
  });
  isOpen = false;
  expect(await stores.actions.prompt('go on')).toBe(true);
  expect(client.paramsOf('session.prompt').map(({ text }) => text)).toEqual(['go on', 'go on']);
  expect(stores.ui.getState().toasts).toEqual([]);
});
