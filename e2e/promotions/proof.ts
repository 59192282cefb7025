import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock';
import { WebSocket } from 'ws';
import { createClient } from '../../renderer/rpc/client.ts';
import { openWebSocketTransport } from '../../renderer/rpc/websocket-transport.ts';
import { startSourceServer } from '../support/source-server.ts';
import type { Trial } from './plan.ts';
import { runTrial, type TrialReport } from './run-trial.ts';

/**
 * Runs the trials through the real server host and WebSocket: a model (aimock) asks for the command, the agent runs it,
 * this client watches, promotes and compares.
 */
export async function provePromotions(
  trials: readonly Trial[],
  options: { parallel: number; onReport?: (report: TrialReport) => void },
): Promise<readonly TrialReport[]> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'gantry-promotions-'));
  const model = new LLMock({ port: 0 });
  model.on({ predicate: () => true }, answer);
  await model.start();
  const home = join(scratchDir, 'home');
  const project = join(scratchDir, 'project');
  await mkdir(join(home, '.qwen'), { recursive: true });
  await mkdir(project);
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settingsFor(`${model.url}/v1`)));
  const server = await startSourceServer({ home });
  const client = createClient({ open: () => openWebSocketTransport(server.webSocketUrl), token: server.token });
  try {
    const opened = await client.request('project.open', { path: project });
    const projectId = opened.project.id;
    await client.request('project.trust', { projectId, trusted: true });
    const reports: TrialReport[] = [];
    const queue = [...trials];
    const work = async () => {
      for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
        const report = await runTrial({ client, projectId, scratchDir }, trial);
        reports.push(report);
        options.onReport?.(report);
      }
    };
    await Promise.all(Array.from({ length: options.parallel }, work));
    return reports;
  } finally {
    client.close();
    await server.stop();
    await model.stop();
    await rm(scratchDir, { recursive: true, force: true });
  }
}

/** The first request of a prompt gets the command it names as a tool call; everything else a short answer. */
function answer(request: ChatCompletionRequest) {
  const last = request.messages.at(-1);
  const text = typeof last?.content === 'string' ? last.content : (last?.content ?? []).map((part) => part.text ?? '').join('');
  const command = last?.role === 'user' ? /^RUN (.*)$/m.exec(text)?.[1] : undefined;
  if (command === undefined) return { content: 'Noted.' };
  return { toolCalls: [{ name: 'run_shell_command', arguments: JSON.stringify({ command, timeout: 60_000 }) }] };
}

function settingsFor(baseUrl: string) {
  return {
    modelProviders: { openai: [{ id: 'scripted', baseUrl }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
  };
}

// The renderer's transport uses the browser's WebSocket; Node 24 has one of its own, older ones get ws.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket; // same constructor and events, checked by the contract suite
