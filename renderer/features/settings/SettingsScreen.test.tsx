import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type KeyStoreState, ProviderId, type ProviderSummary, type SettingsView } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import { createStores, StoresProvider } from '../../stores/index.ts';
import { type Answers, createFakeClient } from '../../test/fake-client.ts';
import { TooltipProvider } from '../../ui/index.ts';
import { SettingsScreen } from './SettingsScreen.tsx';

const KEY = 'sk-live-0123456789-secret';
const P1 = ProviderId.parse('p1');

const VIEW: SettingsView = {
  files: [
    { scope: 'user', path: '/home/ada/.qwen/settings.json', exists: true, used: true },
    { scope: 'project', path: '/home/ada/app/.qwen/settings.json', exists: true, used: false },
  ],
  problems: [],
  approvalMode: 'default',
  values: [],
  theme: 'system',
};

function provider(overrides: Partial<ProviderSummary> = {}): ProviderSummary {
  return {
    id: P1,
    protocol: 'openai',
    name: 'Example',
    baseUrl: 'https://api.example.com/v1',
    envKey: 'EXAMPLE_API_KEY',
    models: [{ id: 'model-a' }, { id: 'model-b' }],
    scope: 'user',
    key: { source: 'missing' },
    endpointTrusted: true,
    ...overrides,
  };
}

// jsdom has no layout, which the menus require.
beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = () => {};
  Element.prototype.hasPointerCapture = () => false;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

interface Setup {
  readonly providers?: ProviderSummary[];
  readonly view?: SettingsView;
  readonly keyStore?: KeyStoreState;
  readonly answers?: Answers;
  readonly focusProviderId?: ProviderId;
}

async function show({ providers = [provider()], view = VIEW, keyStore, answers = {}, focusProviderId }: Setup = {}) {
  const client = createFakeClient({
    'app.describe': () => ({
      version: '1',
      host: 'memory',
      platform: 'linux',
      homePath: '/home/ada',
      canPickFolder: false,
      logPath: '/home/ada/.gantry/logs/x.log',
    }),
    'project.list': () => ({ projects: [] }),
    'task.list': () => ({ tasks: [] }),
    'settings.describe': () => ({ settings: view }),
    'provider.list': () => ({
      providers,
      presets: [
        { name: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1', envKey: 'OPENROUTER_API_KEY', suggestedModels: [{ id: 'm1' }] },
      ],
    }),
    'provider.discover': () => ({ found: [] }),
    'keyStore.describe': () => ({
      state: keyStore ?? { keyring: 'available', fileAllowed: false, filePath: '/home/ada/.gantry/keys.json' },
    }),
    'provider.setKey': () => ({}),
    'provider.save': () => ({ providerId: P1 }),
    ...answers,
  });
  const stores = createStores(client);
  const onClose = vi.fn<() => void>();
  render(
    <StoresProvider value={stores}>
      <TooltipProvider>
        <SettingsScreen onClose={onClose} {...(focusProviderId === undefined ? {} : { focusProviderId })} />
      </TooltipProvider>
    </StoresProvider>,
  );
  client.setState({ kind: 'ready' });
  if (providers[0]) await screen.findByText(providers[0].name);
  return { client, stores, onClose };
}

const edit = (name = 'Example') => fireEvent.click(screen.getByRole('button', { name: `Edit ${name}` }));
const keyField = () => screen.getByLabelText<HTMLInputElement>('API key');
const typeKey = () => fireEvent.change(keyField(), { target: { value: KEY } });
/** All of the page and the stores where a key could remain. */
const everything = (stores: Awaited<ReturnType<typeof show>>['stores']) =>
  [
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('input')].map((input) => input.value),
    JSON.stringify([stores.host.getState(), stores.settings.getState(), stores.ui.getState()]),
    JSON.stringify({ ...localStorage, ...sessionStorage }),
  ].join('\n');

const OVERRULED = {
  origin: { source: 'project', path: '/home/ada/app/.qwen/settings.json', line: 2, column: 3 },
  shadowed: [{ source: 'user', path: '/home/ada/.qwen/settings.json', line: 7, column: 3 }],
} as const;

test('each value shows its source, and a choice without effect says so', async () => {
  const values = [{ key: 'tools.approvalMode', text: 'plan', ...OVERRULED, shadowed: [...OVERRULED.shadowed] }];
  await show({ view: { ...VIEW, values } });
  fireEvent.click(screen.getByRole('button', { name: 'Approvals' }));
  expect(screen.getByText(/Changes here have no effect/).textContent).toBe(
    'Changes here have no effect in this folder. Source: ~/app/.qwen/settings.json, line 2. Overrides ~/.qwen/settings.json, line 7',
  );
  fireEvent.click(screen.getByRole('button', { name: 'Files and diagnostics' }));
  expect(screen.getByRole('term').textContent).toBe('tools.approvalMode');
});

test('a broken file shows whether its last valid version is used', async () => {
  const path = '/home/ada/.qwen/settings.json';
  await show({ view: { ...VIEW, problems: [{ path, line: 3, column: 4, message: 'Broken here.', usesLastGood: true }] } });
  expect(screen.getByText(/Broken here\. Until then, Gantry uses the last valid version\./)).toBeDefined();
});

test('a saved key is sent once to the keyring, and afterwards it is nowhere in the page or a store', async () => {
  const { client, stores } = await show();
  edit();
  await waitFor(() => expect(client.paramsOf('keyStore.describe')).toHaveLength(1));
  typeKey();
  expect(document.documentElement.outerHTML).not.toContain(KEY);
  await screen.findByText('The key will be saved in the system keyring.');
  fireEvent.click(screen.getByRole('button', { name: 'Save key' }));
  await screen.findByText('Key saved');
  expect(client.paramsOf('provider.setKey')).toEqual([{ providerId: P1, key: KEY, store: 'keyring' }]);
  expect(everything(stores)).not.toContain(KEY);
});

test('a key that the store refused is removed from the page too, and the screen asks to paste it again', async () => {
  const { client, stores } = await show({
    answers: {
      'provider.setKey': () => {
        throw new ClientError({ code: 'keyring_unavailable', message: 'The keyring is locked.' });
      },
    },
  });
  edit();
  await waitFor(() => expect(client.paramsOf('keyStore.describe')).toHaveLength(1));
  typeKey();
  await screen.findByText('The key will be saved in the system keyring.');
  fireEvent.click(screen.getByRole('button', { name: 'Save key' }));
  expect((await screen.findByRole('alert')).textContent).toContain('The keyring is locked. The key was not saved.');
  expect(everything(stores)).not.toContain(KEY);
  expect(client.paramsOf('keyStore.describe')).toHaveLength(2);
});

test('the key field is a password field without autocompletion that never shows the saved key', async () => {
  await show({ providers: [provider({ key: { source: 'keyring', last4: 'f3a9' } })] });
  expect(screen.getByText('key …f3a9 in the keyring')).toBeTruthy();
  edit();
  expect([keyField().type, keyField().autocomplete, keyField().value]).toEqual(['password', 'off', '']);
  expect(screen.getByText('ends in f3a9')).toBeTruthy();
});

test('without a keyring, a key is stored in a file only after consent', async () => {
  const missing: KeyStoreState = {
    keyring: 'unavailable',
    keyringDetail: 'No secret service.',
    fileAllowed: false,
    filePath: '/home/ada/.gantry/keys.json',
  };
  const { client } = await show({
    keyStore: missing,
    answers: { 'keyStore.allowFile': ({ allowed }) => ({ state: { ...missing, fileAllowed: allowed } }) },
  });
  edit();
  await screen.findByText(/found no keyring/);
  typeKey();
  const save = screen.getByRole<HTMLButtonElement>('button', { name: 'Save key' });
  expect(save.disabled).toBe(true);
  fireEvent.keyDown(keyField(), { key: 'Enter' });
  await screen.findByText(/key cannot be saved yet/);
  expect(client.paramsOf('provider.setKey')).toEqual([]);
  fireEvent.click(screen.getByRole('checkbox', { name: /Save keys as plain text in \/home\/ada\/.gantry\/keys.json/ }));
  await waitFor(() => expect(save.disabled).toBe(false));
  fireEvent.click(save);
  await screen.findByText('Key saved');
  expect(client.paramsOf('keyStore.allowFile')).toEqual([{ allowed: true }]);
  expect(client.paramsOf('provider.setKey')).toEqual([{ providerId: P1, key: KEY, store: 'file' }]);
});

test('withdrawing the consent asks first, because it deletes the keys in the file', async () => {
  const file: KeyStoreState = { keyring: 'unavailable', fileAllowed: true, filePath: '/home/ada/.gantry/keys.json' };
  const { client } = await show({
    keyStore: file,
    answers: { 'keyStore.allowFile': ({ allowed }) => ({ state: { ...file, fileAllowed: allowed } }) },
  });
  edit();
  const consent = await screen.findByRole('checkbox', { name: /Save keys as plain text/ });
  fireEvent.click(consent);
  expect(screen.getByRole('dialog', { name: 'Delete the key file?' }).textContent).toContain('/home/ada/.gantry/keys.json');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep file' }));
  fireEvent.click(screen.getByRole('button', { name: 'Keep file' }));
  expect(client.paramsOf('keyStore.allowFile')).toEqual([]);
  fireEvent.click(consent);
  fireEvent.click(screen.getByRole('button', { name: 'Delete file' }));
  expect(client.paramsOf('keyStore.allowFile')).toEqual([{ allowed: false }]);
});

test('a locked keyring can be unlocked, and a key is then saved in it', async () => {
  const locked: KeyStoreState = {
    keyring: 'locked',
    keyringDetail: 'Dismissed.',
    fileAllowed: false,
    filePath: '/home/ada/.gantry/keys.json',
  };
  let state = locked;
  await show({ answers: { 'keyStore.describe': () => ({ state }) } });
  edit();
  await screen.findByText('The keyring of this computer is locked.');
  typeKey();
  const save = screen.getByRole<HTMLButtonElement>('button', { name: 'Save key' });
  expect(save.disabled).toBe(true);
  state = { ...locked, keyring: 'available' };
  fireEvent.click(screen.getByRole('button', { name: 'Unlock' }));
  await waitFor(() => expect(save.disabled).toBe(false));
  expect(screen.queryByText('The keyring of this computer is locked.')).toBeNull();
});

test('keys in the file are moved to the keyring with one button', async () => {
  const both: KeyStoreState = { keyring: 'available', fileAllowed: true, filePath: '/home/ada/.gantry/keys.json', fileKeys: 2 };
  const { client } = await show({
    keyStore: both,
    answers: { 'keyStore.moveToKeyring': () => ({ state: { ...both, fileAllowed: false, fileKeys: 0 } }) },
  });
  edit();
  await screen.findByText('2 keys are saved as plain text in /home/ada/.gantry/keys.json.');
  fireEvent.click(screen.getByRole('button', { name: 'Move to keyring' }));
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Move to keyring' })).toBeNull());
  expect(client.paramsOf('keyStore.moveToKeyring')).toEqual([{}]);
});

test('the keyring is probed only when a key can be edited', async () => {
  const { client } = await show();
  expect(client.paramsOf('keyStore.describe')).toEqual([]);
  edit();
  await waitFor(() => expect(client.paramsOf('keyStore.describe')).toHaveLength(1));
});

test('a key that the environment overrides shows a warning', async () => {
  await show({ providers: [provider({ key: { source: 'environment', shadowed: 'keyring' } })] });
  edit();
  expect(screen.getByText('The key from EXAMPLE_API_KEY is used. It overrides the key in the keyring.')).toBeTruthy();
});

test('a preset is added with its models and key, then tested', async () => {
  const P2 = ProviderId.parse('p2');
  const providers = [provider()];
  const { client, stores } = await show({
    providers,
    answers: {
      'provider.save': () => {
        providers.push(provider({ id: P2, name: 'OpenRouter', key: { source: 'keyring', last4: 'cret' } }));
        return { providerId: P2 };
      },
      'provider.test': () => ({
        test: { outcome: 'works', message: 'ok', listedModels: [{ id: 'm1', chats: true }], answerMs: 12, testedModel: 'm1' },
      }),
    },
  });
  fireEvent.keyDown(screen.getByRole('button', { name: 'Add provider' }), { key: 'Enter' });
  fireEvent.click(await screen.findByRole('menuitem', { name: 'OpenRouter' }));
  await waitFor(() => expect(client.paramsOf('keyStore.describe')).toHaveLength(1));
  typeKey();
  fireEvent.click(screen.getByRole('button', { name: 'Save and test' }));
  await screen.findByText(/1 model listed, m1 answered in 12 ms/);
  expect(client.paramsOf('provider.save')).toEqual([
    {
      draft: {
        name: 'OpenRouter',
        protocol: 'openai',
        baseUrl: 'https://openrouter.ai/api/v1',
        envKey: 'OPENROUTER_API_KEY',
        models: [{ id: 'm1' }],
      },
    },
  ]);
  expect(client.paramsOf('provider.setKey')).toEqual([{ providerId: P2, key: KEY, store: 'keyring' }]);
  expect(client.paramsOf('provider.test')).toEqual([{ providerId: P2 }]);
  expect(everything(stores)).not.toContain(KEY);
});

test('the protocol of a provider is chosen and saved with it', async () => {
  const { client } = await show();
  edit();
  fireEvent.change(screen.getByLabelText('Protocol'), { target: { value: 'anthropic' } });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(client.paramsOf('provider.save')).toMatchObject([{ draft: { protocol: 'anthropic' }, replaces: P1 }]));
});

test('a provider without a model can be tested, and the models of its endpoint are offered', async () => {
  const P2 = ProviderId.parse('p2');
  const providers = [provider()];
  const { client } = await show({
    providers,
    answers: {
      'provider.save': () => {
        if (providers.length === 1) providers.push(provider({ id: P2, name: 'Mine', models: [] }));
        return { providerId: P2 };
      },
      'provider.test': () => ({
        test: {
          outcome: 'works',
          message: 'ok',
          listedModels: ['big', 'small'].map((id) => ({ id, chats: true })),
          answerMs: 12,
          testedModel: 'big',
        },
      }),
    },
  });
  fireEvent.keyDown(screen.getByRole('button', { name: 'Add provider' }), { key: 'Enter' });
  fireEvent.click(await screen.findByRole('menuitem', { name: /^Custom provider/ }));
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Mine' } });
  fireEvent.change(screen.getByLabelText('Base URL'), { target: { value: 'http://127.0.0.1:9/v1' } });
  fireEvent.click(screen.getByRole('button', { name: 'Add' }));
  expect(await screen.findByText(/Add at least one model/)).toBeTruthy();
  expect(client.paramsOf('provider.save')).toEqual([]);
  fireEvent.click(screen.getByRole('button', { name: 'Save and test' }));
  fireEvent.click(await screen.findByRole('button', { name: 'small' }));
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(client.paramsOf('provider.save')).toHaveLength(2));
  expect(client.paramsOf('provider.save').map(({ draft }) => draft.models)).toEqual([[], [{ id: 'small' }]]);
});

test('an invalid address is marked and nothing is sent', async () => {
  const { client } = await show();
  edit();
  fireEvent.change(screen.getByLabelText('Base URL'), { target: { value: 'ftp://x' } });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/begins with http/)).toBeTruthy();
  expect(client.paramsOf('provider.save')).toEqual([]);
});

test('models are added and removed as chips and saved with the provider', async () => {
  const { client } = await show();
  edit();
  fireEvent.click(screen.getByRole('button', { name: 'Remove model-a' }));
  fireEvent.click(screen.getByRole('button', { name: '+ Add model' }));
  const field = screen.getByLabelText('Model ID');
  fireEvent.change(field, { target: { value: 'model-c' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(client.paramsOf('provider.save')).toHaveLength(1));
  expect(client.paramsOf('provider.save')[0]).toMatchObject({ replaces: P1, draft: { models: [{ id: 'model-b' }, { id: 'model-c' }] } });
});

test('a refused save shows the file, its line and what to do', async () => {
  await show({
    answers: {
      'provider.save': () => {
        throw new ClientError({
          code: 'settings_broken',
          message: 'settings.json is not valid.',
          data: { path: '/home/ada/.qwen/settings.json', line: 3, column: 7 },
        });
      },
    },
  });
  edit();
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Renamed' } });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('/home/ada/.qwen/settings.json, line 3, column 7');
  expect(alert.textContent).toContain('Gantry does not overwrite a settings file that it cannot read');
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Renamed');
});

test('a broken settings file is shown with the position of the error', async () => {
  await show({
    view: { ...VIEW, problems: [{ path: '/home/ada/.qwen/settings.json', line: 12, column: 3, message: 'A comma is missing.' }] },
  });
  const note = await screen.findByRole('region', { name: 'A settings file cannot be read' });
  expect(note.textContent).toContain('line 12, column 3');
  expect(note.textContent).toContain('A comma is missing.');
});

test('the values of a project are read-only, and its address must be approved before a test', async () => {
  const { client } = await show({ providers: [provider({ scope: 'project', endpointTrusted: false })] });
  edit();
  expect(screen.getByLabelText<HTMLInputElement>('Base URL').readOnly).toBe(true);
  expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Test' }).disabled).toBe(true);
  expect(screen.getByRole('button', { name: 'Allow this address' })).toBeTruthy();
  expect(client.paramsOf('provider.test')).toEqual([]);
});

test('a failed test shows its class and remedy, and a refused key marks the row', async () => {
  await show({
    answers: { 'provider.test': () => ({ test: { outcome: 'key', message: 'It answered 401.', remedy: 'Paste another key.' } }) },
  });
  edit();
  fireEvent.click(screen.getByRole('button', { name: 'Test' }));
  expect((await screen.findByText(/It answered 401. Paste another key./)).textContent).toContain('Key refused.');
  expect(screen.getByText('key refused')).toBeTruthy();
});

test('a provider is deleted only after confirmation', async () => {
  const { client } = await show({ answers: { 'provider.delete': () => ({}) } });
  edit();
  fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
  const dialog = await screen.findByRole('dialog', { name: 'Delete Example?' });
  expect(client.paramsOf('provider.delete')).toEqual([]);
  fireEvent.click(within(dialog).getByRole('button', { name: 'Delete' }));
  await waitFor(() => expect(client.paramsOf('provider.delete')).toEqual([{ providerId: P1 }]));
});

test('after a refused key the screen opens with the focus in the right field', async () => {
  await show({ focusProviderId: P1 });
  await waitFor(() => expect(document.activeElement).toBe(keyField()));
});

test('the mode and the theme are chosen by radio buttons', async () => {
  const { client } = await show({ answers: { 'settings.setApprovalMode': () => ({}), 'settings.setTheme': () => ({}) } });
  fireEvent.click(screen.getByRole('button', { name: 'Approvals' }));
  expect(screen.getByRole<HTMLInputElement>('radio', { name: /Ask before edits/ }).checked).toBe(true);
  fireEvent.click(screen.getByRole('radio', { name: /Plan only/ }));
  fireEvent.click(screen.getByRole('button', { name: 'Appearance' }));
  fireEvent.click(screen.getByRole('radio', { name: 'Dark' }));
  await waitFor(() => expect(client.paramsOf('settings.setTheme')).toEqual([{ theme: 'dark' }]));
  expect(client.paramsOf('settings.setApprovalMode')).toEqual([{ mode: 'plan' }]);
});

test('the files are listed, each unused one with the reason', async () => {
  await show();
  fireEvent.click(screen.getByRole('button', { name: 'Files and diagnostics' }));
  const files = within(screen.getByRole('list', { name: 'Settings files' })).getAllByRole('listitem');
  expect(files.map((file) => file.textContent)).toEqual([
    expect.stringContaining('used'),
    expect.stringContaining('not used: the folder is not trusted'),
  ]);
  expect(screen.getByText('/home/ada/.gantry/logs/x.log')).toBeTruthy();
});

test('a search finds a section by its content, and Escape leaves the settings', async () => {
  const { onClose } = await show();
  fireEvent.change(screen.getByRole('searchbox', { name: 'Search settings' }), { target: { value: 'dark' } });
  expect(within(screen.getByRole('navigation')).queryByRole('button', { name: 'Approvals' })).toBeNull();
  expect(within(screen.getByRole('navigation')).getByRole('button', { name: 'Appearance' })).toBeTruthy();
  fireEvent.keyDown(document.body, { key: 'Escape' });
  expect(onClose).toHaveBeenCalledOnce();
});
