import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../renderer/rpc/client.ts';
import { openWebSocketTransport } from '../../renderer/rpc/websocket-transport.ts';
import { startServerProcess } from '../support/server-process.ts';

async function setUp(confirmInPage: boolean) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-confirm-')));
  const [home, folder] = [join(base, 'home'), join(base, 'project')];
  mkdirSync(home);
  mkdirSync(folder);
  const server = await startServerProcess({ home, confirmInPage });
  const client = createClient({ open: () => openWebSocketTransport(server.webSocketUrl), token: server.token });
  onTestFinished(async () => {
    client.close();
    await server.stop();
    rmSync(base, { recursive: true });
  });
  const { project } = await client.request('project.open', { path: folder });
  const { snapshot } = await client.request('session.create', { projectId: project.id });
  return { server, client, projectId: project.id, sessionId: snapshot.summary.id };
}

test('a server without a terminal refuses what the page would grant itself, on every way to it', async () => {
  const { server, client, projectId, sessionId } = await setUp(false);
  const refused = { code: 'not_supported', message: expect.stringContaining('--confirm-in-page') };
  await expect(client.request('project.trust', { projectId, trusted: true })).rejects.toMatchObject(refused);
  await expect(client.request('session.setMode', { sessionId, mode: 'yolo' })).rejects.toMatchObject(refused);
  await expect(client.request('command.run', { sessionId, text: '/approval-mode yolo' })).rejects.toMatchObject(refused);
  await expect(client.request('session.prompt', { sessionId, text: '\n/approval-mode yolo', localId: 'l' })).rejects.toMatchObject(refused);
  await expect(client.request('settings.setApprovalMode', { mode: 'yolo' })).rejects.toMatchObject(refused);
  await expect(
    client.request('mcp.add', { projectId, scope: 'user', name: 'x', server: { transport: 'stdio', command: 'true', args: [] } }),
  ).rejects.toMatchObject(refused);

  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${server.token}` };
    const response = await fetch(new URL(path, server.url), { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const opened = await post('/session', { sessionScope: 'thread' });
  const prompt = [{ type: 'text', text: '/approval-mode yolo' }];
  expect(await post(`/session/${String(opened.body['sessionId'])}/prompt`, { prompt })).toMatchObject({ body: { code: 'not_supported' } });

  const { projects } = await client.request('project.list', {});
  expect(projects.find(({ id }) => id === projectId)).toMatchObject({ trust: 'unknown' });
  expect((await client.request('session.attach', { projectId, sessionId })).snapshot.mode).toBe('default');
  await client.request('session.setMode', { sessionId, mode: 'auto-edit' });
});

test('with --confirm-in-page the page decides', async () => {
  const { client, projectId, sessionId } = await setUp(true);
  expect((await client.request('project.trust', { projectId, trusted: true })).project.trust).toBe('trusted');
  await client.request('session.setMode', { sessionId, mode: 'yolo' });
});
