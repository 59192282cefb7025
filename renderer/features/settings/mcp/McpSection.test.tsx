import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { type McpServerSummary, ProjectId } from '../../../../preload/contract/index.ts';
import { ClientError } from '../../../rpc/index.ts';
import { createStores, StoresProvider } from '../../../stores/index.ts';
import { type Answers, createFakeClient } from '../../../test/fake-client.ts';
import { TooltipProvider } from '../../../ui/index.ts';
import { McpSection } from './McpSection.tsx';
import { splitWords } from './mcp-words.ts';

afterEach(cleanup);

const P1 = ProjectId.parse('p1');

function server(overrides: Partial<McpServerSummary> = {}): McpServerSummary {
  return {
    name: 'files',
    scope: 'user',
    transport: 'stdio',
    target: 'npx',
    status: 'ready',
    isTrusted: false,
    isSignedIn: false,
    tools: [{ name: 'read', fullName: 'mcp__files__read', description: 'Reads <b>a file</b>' }],
    toolsLeftOut: 0,
    prompts: [],
    resourceCount: 0,
    ...overrides,
  };
}

async function show(servers: McpServerSummary[], answers: Answers = {}) {
  const answer = { servers };
  const client = createFakeClient({ 'mcp.list': () => ({ servers: answer.servers }), ...answers });
  const stores = createStores(client);
  stores.ui.getState().showSession(P1, undefined);
  render(
    <StoresProvider value={stores}>
      <TooltipProvider>
        <McpSection />
      </TooltipProvider>
    </StoresProvider>,
  );
  if (servers[0]) await screen.findByText(servers[0].name);
  return { client, answer };
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

test('a server shows its state, and its tools with their descriptions as plain text', async () => {
  await show([server()]);
  expect(screen.getByText('Ready')).toBeDefined();
  fireEvent.click(screen.getByText('1 tool'));
  expect(screen.getByText('mcp__files__read')).toBeDefined();
  expect(screen.getByText('Reads <b>a file</b>')).toBeDefined();
});

test('a server that has only prompts shows them as slash commands', async () => {
  await show([server({ tools: [], prompts: [{ name: 'args-prompt', description: 'Asks' }] })]);
  fireEvent.click(screen.getByText('0 tools, 1 prompt'));
  expect(screen.getByText('/args-prompt')).toBeDefined();
});

test('a failed server shows the error, the remedy and its output, and can be restarted', async () => {
  const { client, answer } = await show(
    [server({ status: 'failed', error: 'It ended.', remedy: 'Restart it.', stderr: ['no such port'] })],
    {
      'mcp.restart': () => ({}),
    },
  );
  expect(screen.getByText('It ended.').textContent).toBe('It ended. Restart it.');
  expect(screen.getByText('no such port')).toBeDefined();
  press('Restart files');
  expect(client.paramsOf('mcp.restart')).toEqual([{ projectId: P1, name: 'files' }]);
  answer.servers = [server()];
  client.emit({ event: 'mcp.changed', data: { projectId: ProjectId.parse('another') } });
  client.emit({ event: 'mcp.changed', data: { projectId: P1 } });
  await screen.findByText('Ready');
  expect(client.paramsOf('mcp.list')).toHaveLength(2);
});

test('a sign-in opens only the address that the server names', async () => {
  const url = 'https://login.example/authorize?x=1';
  const { client } = await show([server({ status: 'needs_sign_in', transport: 'http' })], {
    'mcp.signIn': () => ({ url }),
    'app.openExternal': () => ({}),
  });
  press('Sign in files');
  await screen.findByText(/Finish the sign-in in your browser/);
  expect(client.paramsOf('app.openExternal')).toEqual([{ url }]);
});

test('a refused sign-in shows the reason', async () => {
  await show([server({ status: 'needs_sign_in', transport: 'http' })], {
    'mcp.signIn': () => {
      throw new ClientError({ code: 'consent_required', message: 'There is no keyring.' });
    },
  });
  press('Sign in files');
  expect((await screen.findByRole('alert')).textContent).toContain('There is no keyring.');
});

test('a disabled server can be enabled, and a server of the system cannot be removed', async () => {
  const { client } = await show([server({ status: 'disabled', scope: 'system' })], { 'mcp.setEnabled': () => ({}) });
  expect(screen.queryByRole('button', { name: 'Remove files' })).toBeNull();
  press('Turn on files');
  expect(client.paramsOf('mcp.setEnabled')).toEqual([{ projectId: P1, name: 'files', enabled: true }]);
});

test('removing asks once', async () => {
  const { client } = await show([server()], { 'mcp.remove': () => ({}) });
  press('Remove files');
  fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
  expect(client.paramsOf('mcp.remove')).toEqual([{ projectId: P1, scope: 'user', name: 'files' }]);
});

test('a new server is saved as command and arguments; a wrong address is refused', async () => {
  const { client } = await show([], { 'mcp.add': () => ({}) });
  await screen.findByText('No MCP servers yet');
  press('Add server');
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'docs' } });
  fireEvent.click(screen.getByLabelText('Address (streamable HTTP)'));
  fireEvent.change(screen.getByLabelText('Address'), { target: { value: 'file:///etc/passwd' } });
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Add' }).disabled).toBe(true);
  fireEvent.click(screen.getByLabelText('Program on this computer'));
  fireEvent.change(screen.getByLabelText('Command'), { target: { value: 'npx -y "my server" --root .' } });
  press('Add');
  await waitFor(() => expect(screen.queryByLabelText('Name')).toBeNull());
  const draft = { transport: 'stdio', command: 'npx', args: ['-y', 'my server', '--root', '.'] };
  expect(client.paramsOf('mcp.add')).toEqual([{ projectId: P1, scope: 'user', name: 'docs', server: draft }]);
});

test('variables and headers are saved with a new server; values are hidden, and one without a name is refused', async () => {
  const { client } = await show([], { 'mcp.add': () => ({}) });
  await screen.findByText('No MCP servers yet');
  press('Add server');
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'docs' } });
  fireEvent.change(screen.getByLabelText('Command'), { target: { value: 'npx server' } });
  press('Add variable');
  expect(screen.getByText(/For a secret, enter \$NAME/)).toBeDefined();
  const value = screen.getByLabelText<HTMLInputElement>('Value of variable 1');
  fireEvent.change(value, { target: { value: 'hunter2' } });
  press('Add');
  expect((await screen.findByRole('alert')).textContent).toBe('Enter a name for each value.');
  expect(client.paramsOf('mcp.add')).toEqual([]);
  fireEvent.change(screen.getByLabelText('Name of variable 1'), { target: { value: 'TOKEN' } });
  press('Add variable'); // an empty row is ignored
  expect([value.type, value.getAttribute('value')]).toEqual(['password', null]);
  press('Add');
  await waitFor(() => expect(screen.queryByLabelText('Name')).toBeNull());
  press('Add server');
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'web' } });
  fireEvent.click(screen.getByLabelText('Address (streamable HTTP)'));
  fireEvent.change(screen.getByLabelText('Address'), { target: { value: 'https://h.test/mcp' } });
  press('Add header');
  fireEvent.change(screen.getByLabelText('Name of header 1'), { target: { value: 'Authorization' } });
  fireEvent.change(screen.getByLabelText('Value of header 1'), { target: { value: 'Bearer $TOKEN' } });
  press('Add');
  await waitFor(() => expect(screen.queryByLabelText('Name')).toBeNull());
  expect(client.paramsOf('mcp.add').map(({ server: draft }) => draft)).toEqual([
    { transport: 'stdio', command: 'npx', args: ['server'], env: { TOKEN: 'hunter2' } },
    { transport: 'http', url: 'https://h.test/mcp', headers: { Authorization: 'Bearer $TOKEN' } },
  ]);
});

test('a command is split as in a shell', () => {
  expect(splitWords(`a "b c" 'd "e' f\\ g h"i"j "\\"" ""`)).toEqual(['a', 'b c', 'd "e', 'f g', 'hij', '"', '']);
});
