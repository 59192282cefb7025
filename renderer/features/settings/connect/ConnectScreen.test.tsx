import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { type ConnectionTest, ProviderId, type ProviderSummary, type SettingsView } from '../../../../preload/contract/index.ts';
import { createStores, StoresProvider } from '../../../stores/index.ts';
import { type Answers, createFakeClient } from '../../../test/fake-client.ts';
import { answers } from '../../../test/samples.ts';
import { TooltipProvider } from '../../../ui/index.ts';
import { ConnectScreen } from './ConnectScreen.tsx';

afterEach(cleanup);

const ID = ProviderId.parse('northwind');
const KEY = 'sk-live-0123456789-secret';
const WORKS: ConnectionTest = {
  outcome: 'works',
  message: 'ok',
  testedModel: 'coder',
  answerMs: 640,
  listedModels: [
    { id: 'bge-m3', chats: false },
    { id: 'coder', chats: true, contextWindowTokens: 262_144 },
    { id: 'vl', chats: true, takesImages: true },
  ],
};

/** A host that keeps what is saved. */
async function show(test: ConnectionTest = WORKS, over: Answers = {}, found: readonly { name: string; baseUrl: string }[] = []) {
  let providers: ProviderSummary[] = [];
  let defaultModel: SettingsView['defaultModel'];
  const client = createFakeClient(
    answers({
      'project.list': () => ({ projects: [] }),
      'settings.describe': () => ({
        settings: { files: [], problems: [], values: [], approvalMode: 'default', theme: 'system', ...(defaultModel && { defaultModel }) },
      }),
      'provider.list': () => ({
        providers,
        presets: [
          { name: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1', envKey: 'OPENROUTER_API_KEY', suggestedModels: [] },
          { name: 'Groq', baseUrl: 'https://api.groq.com/openai/v1', envKey: 'GROQ_API_KEY', suggestedModels: [] },
        ],
      }),
      'provider.discover': () => ({ found: found.map((one) => ({ ...one, suggestedModels: [{ id: 'm' }] })) }),
      'keyStore.describe': () => ({ state: { keyring: 'available', fileAllowed: false, filePath: '/home/ada/.gantry/keys.json' } }),
      'provider.save': ({ draft }) => {
        providers = [{ ...draft, id: ID, scope: 'user', key: { source: 'missing' }, endpointTrusted: true }];
        return { providerId: ID };
      },
      'provider.setKey': () => ({}),
      'provider.test': () => ({ test }),
      'settings.setDefaultModel': ({ model }) => {
        defaultModel = model;
        return {};
      },
      ...over,
    }),
  );
  const onClose = vi.fn<() => void>();
  render(
    <StoresProvider value={createStores(client)}>
      <TooltipProvider>
        <ConnectScreen onClose={onClose} />
      </TooltipProvider>
    </StoresProvider>,
  );
  client.setState({ kind: 'ready' });
  await screen.findByRole('button', { name: /^OpenRouter/ });
  return { client, onClose };
}

const fill = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const click = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const tick = (name: string) => fireEvent.click(screen.getByRole('checkbox', { name }));

test('an address and a key: the first model that answers is saved and is the default; each further tick saves', async () => {
  const { client, onClose } = await show();
  fill('Server URL', 'llm.northwind.dev/v1');
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Northwind');
  fill('API key', KEY);
  click('Connect');
  expect(await screen.findByText('Saved. New sessions use coder.')).toBeTruthy();
  expect(client.paramsOf('provider.setKey')).toEqual([{ providerId: ID, key: KEY, store: 'keyring' }]);
  expect(document.documentElement.outerHTML).not.toContain(KEY);
  expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Use bge-m3' }).disabled).toBe(true);

  tick('Use vl');
  await waitFor(() => expect(client.paramsOf('provider.save')).toHaveLength(3));
  const draft = { name: 'Northwind', protocol: 'openai', baseUrl: 'https://llm.northwind.dev/v1', envKey: 'LLM_NORTHWIND_DEV_API_KEY' };
  expect(client.paramsOf('provider.save')).toEqual([
    { draft: { ...draft, models: [] } },
    { draft: { ...draft, models: [{ id: 'coder', contextWindowTokens: 262_144 }] }, replaces: ID },
    {
      draft: {
        ...draft,
        models: [
          { id: 'coder', contextWindowTokens: 262_144 },
          { id: 'vl', takesImages: true },
        ],
      },
      replaces: ID,
    },
  ]);

  fireEvent.click(screen.getByRole('radio', { name: 'Make vl the default' }));
  expect(await screen.findByText('Saved. New sessions use vl.')).toBeTruthy();
  tick('Use vl'); // clearing the default chooses another
  expect(await screen.findByText('Saved. New sessions use coder.')).toBeTruthy();
  click('Done');
  expect(onClose).toHaveBeenCalledOnce();
  fireEvent.keyDown(document.body, { key: 'Escape' });
  expect(onClose).toHaveBeenCalledTimes(2);
});

test('a context window and images that a user sets are saved', async () => {
  const { client } = await show();
  fill('Server URL', 'https://llm.northwind.dev/v1');
  click('Connect');
  await screen.findByText('Saved. New sessions use coder.');
  fireEvent.change(screen.getByRole('combobox', { name: 'Context window of coder' }), { target: { value: '65536' } });
  fireEvent.click(screen.getByRole('switch', { name: 'coder accepts images' }));
  await waitFor(() =>
    expect(client.paramsOf('provider.save').at(-1)?.draft.models).toEqual([
      { id: 'coder', contextWindowTokens: 65_536, takesImages: true },
    ]),
  );
});

test('a refused key is explained, no model is chosen, and the next attempt replaces the provider', async () => {
  const { client } = await show({ outcome: 'key', message: 'The server refused the key.', remedy: 'Enter the key again.' });
  fill('Server URL', 'https://llm.northwind.dev/v1');
  fill('API key', KEY);
  click('Connect');
  expect(await screen.findByText('Key refused.')).toBeTruthy();
  expect(client.paramsOf('settings.setDefaultModel')).toEqual([]);
  expect(screen.queryByRole('button', { name: 'Done' })).toBeNull();
  fill('API key', 'sk-other-0123456789');
  click('Test again');
  await waitFor(() => expect(client.paramsOf('provider.test')).toHaveLength(2));
  expect(client.paramsOf('provider.save').map(({ replaces }) => replaces)).toEqual([undefined, ID]);
});

test('testing again keeps the default, and another address has to be tested before its models are shown', async () => {
  const { client } = await show();
  fill('Server URL', 'https://llm.northwind.dev/v1');
  click('Connect');
  await screen.findByText('Saved. New sessions use coder.');
  fireEvent.click(screen.getByRole('radio', { name: 'Make vl the default' }));
  await screen.findByText('Saved. New sessions use vl.');
  click('Test again');
  await waitFor(() => expect(client.paramsOf('provider.test')).toHaveLength(2));
  expect(await screen.findByText('Saved. New sessions use vl.')).toBeTruthy();
  expect(client.paramsOf('settings.setDefaultModel').map(({ model }) => model.modelId)).toEqual(['coder', 'vl']);
  fill('Server URL', 'https://other.dev/v1');
  expect(screen.queryByRole('checkbox', { name: 'Use coder' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Connect' })).toBeTruthy();
});

test('a server that lists no models takes a typed name', async () => {
  const { client } = await show({ outcome: 'model', message: 'The endpoint answers, but lists no model.' });
  fill('Server URL', 'https://llm.northwind.dev/v1');
  click('Connect');
  fireEvent.change(await screen.findByLabelText('Model name, if it is not listed'), { target: { value: 'my-model' } });
  click('Add');
  expect(await screen.findByText('Saved. New sessions use my-model.')).toBeTruthy();
  expect(client.paramsOf('provider.save').at(-1)?.draft.models).toEqual([{ id: 'my-model' }]);
});

test('an address that is none is marked, and nothing is sent', async () => {
  const { client } = await show();
  fill('Server URL', 'ftp://x');
  click('Connect');
  expect((await screen.findByRole('alert')).textContent).toMatch(/http/);
  expect(client.paramsOf('provider.save')).toEqual([]);
});

test('the search finds a preset, and an address that is pasted into it opens the custom provider', async () => {
  await show();
  fill('Search, or paste a server URL', 'groq');
  expect(screen.queryByRole('button', { name: /^OpenRouter/ })).toBeNull();
  click(/^Groq/);
  expect(screen.getByLabelText<HTMLInputElement>('Server URL').value).toBe('https://api.groq.com/openai/v1');
  fill('Search, or paste a server URL', 'https://llm.northwind.dev/v1');
  expect(screen.getByRole('region', { name: 'Custom provider (OpenAI-compatible)' })).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>('Server URL').value).toBe('https://llm.northwind.dev/v1');
});

test('a server on this computer is chosen first and needs no key', async () => {
  await show(WORKS, {}, [{ name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' }]);
  expect(await screen.findByRole('region', { name: 'Ollama' })).toBeTruthy();
  expect(screen.queryByLabelText('API key')).toBeNull();
});
