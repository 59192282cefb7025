import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../ports.ts';
import type { GenerationConfig } from '../../settings/index.ts';
import { realClock } from '../../settings/settings.fixture.ts';
import type { ProxySettings } from '../../http/proxy-choice.ts';
import { createProvider } from '../protocols.ts';
import type { ModelProvider, ModelRequest, StreamEvent, WireProtocol } from '../provider.ts';

/** A server on loopback that answers as the test specifies; stopped after the test. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Server-sent events, as given; `end` closes the answer. */
export function sendEvents(response: ServerResponse, lines: readonly string[], end = true): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const line of lines) response.write(`data: ${line}\n\n`);
  if (end) response.end();
}

export function openProvider(
  url: string,
  options: {
    key?: string | undefined;
    needsKey?: boolean;
    envKey?: string;
    generation?: Partial<GenerationConfig>;
    idleTimeoutMs?: number;
    lifetimeMs?: number;
    proxies?: ProxySettings;
    clock?: Clock;
    protocol?: WireProtocol;
  } = {},
): ModelProvider {
  return createProvider({
    protocol: options.protocol ?? 'openai',
    endpoint: {
      providerName: 'Test',
      baseUrl: url,
      requestUrl: url,
      envKey: options.envKey ?? 'TEST_KEY',
      needsKey: options.needsKey ?? true,
    },
    readKey: () => Promise.resolve('key' in options ? options.key : 'test-key-value'),
    generation: options.generation as GenerationConfig | undefined, // treats absent and undefined members as equal
    clock: options.clock ?? realClock(),
    userAgent: 'Gantry/0 (test)',
    idleTimeoutMs: options.idleTimeoutMs ?? 5000,
    lifetimeMs: options.lifetimeMs,
    proxies: options.proxies,
  });
}

export function ask(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { modelId: 'gpt-test', system: '', messages: [{ role: 'user', text }], tools: [], ...more };
}

export async function collect(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

export function textOf(events: readonly StreamEvent[], type: 'text' | 'thinking' = 'text'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('');
}
