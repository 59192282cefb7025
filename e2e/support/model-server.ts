import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { ProjectId, SessionId } from '../../preload/contract/index.ts';
import { type Client, createClient } from '../../renderer/rpc/client.ts';
import { openWebSocketTransport } from '../../renderer/rpc/websocket-transport.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

// The renderer's transport uses the browser's WebSocket; Node 24 has its own, older versions get ws.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket; // same constructor and events, checked by the contract suite

/** A complete Gantry on loopback: a scripted model, the built server, one client, a trusted project. */
export interface Rig {
  readonly scratchDir: string;
  readonly projectDir: string;
  readonly home: string;
  readonly server: ServerProcess;
  readonly client: Client;
  readonly projectId: ProjectId;
  readonly model: LLMock;
  newSession(): Promise<SessionId>;
  close(): Promise<void>;
}

/**
 * `answer` scripts the model. By default it runs the command of a prompt line `RUN <command>` (`RUN& <command>` in the
 * background; several lines are parallel calls) and answers other text with a short one. `mountHome` mounts a separate disk at
 * the home folder and returns a function that unmounts it.
 */
export async function startRig(answer: RigAnswer = runWhatThePromptNames, mountHome = noMount): Promise<Rig> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'gantry-rig-'));
  const model = new LLMock({ port: 0 });
  model.on({ predicate: () => true }, answer);
  await model.start();
  const home = join(scratchDir, 'home');
  const projectDir = join(scratchDir, 'project');
  await mkdir(home);
  await mkdir(projectDir);
  const unmountHome = mountHome(home);
  await mkdir(join(home, '.qwen'), { recursive: true });
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', baseUrl: `${model.url}/v1` }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const server = await startServerProcess({ home });
  const client = createClient({ open: () => openWebSocketTransport(server.webSocketUrl), token: server.token });
  const { project } = await client.request('project.open', { path: projectDir });
  await client.request('project.trust', { projectId: project.id, trusted: true });
  return {
    scratchDir,
    projectDir,
    home,
    server,
    client,
    projectId: project.id,
    model,
    async newSession() {
      const { snapshot } = await client.request('session.create', { projectId: project.id });
      await client.request('session.setMode', { sessionId: snapshot.summary.id, mode: 'yolo' });
      return snapshot.summary.id;
    },
    async close() {
      client.close();
      await server.stop();
      await model.stop();
      unmountHome();
      await rm(scratchDir, { recursive: true, force: true });
    },
  };
}

export type RigAnswer = (request: ChatCompletionRequest) => FixtureResponse;

function noMount(_home: string): () => void {
  return () => undefined;
}

function runWhatThePromptNames(request: ChatCompletionRequest) {
  const last = request.messages.at(-1);
  if (last?.role !== 'user') return { content: 'Noted.' };
  const text = typeof last.content === 'string' ? last.content : (last.content ?? []).map((part) => part.text ?? '').join('');
  const calls = [...text.matchAll(/^RUN(&?) (.*)$/gm)].map(([, background, command]) => ({
    name: 'run_shell_command',
    arguments: JSON.stringify({ command, ...(background === '&' ? { is_background: true } : { timeout: 60_000 }) }),
  }));
  return calls.length === 0 ? { content: 'Noted.' } : { toolCalls: calls };
}
