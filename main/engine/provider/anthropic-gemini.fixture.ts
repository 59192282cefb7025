import type { GenerationConfig } from '../settings/index.ts';
import { realClock } from '../settings/settings.fixture.ts';
import type { ProviderConfig } from './provider-config.ts';
import type { ModelRequest, StreamEvent, ToolSchema, WireProtocol } from './provider.ts';
import type { StreamMapper } from './stream-protocol.ts';

export const TEST_KEY = 'test-key-value';

export function configFor(
  protocol: WireProtocol,
  url: string,
  more: {
    readonly key?: string | undefined;
    readonly needsKey?: boolean;
    readonly generation?: Partial<GenerationConfig>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly idleTimeoutMs?: number;
  } = {},
): ProviderConfig {
  return {
    protocol,
    endpoint: { providerName: 'Test', baseUrl: url, requestUrl: url, envKey: 'TEST_KEY', needsKey: more.needsKey ?? true },
    readKey: () => Promise.resolve('key' in more ? more.key : TEST_KEY),
    generation: more.generation as GenerationConfig | undefined, // Treats absent and undefined members as equal.
    clock: realClock(),
    userAgent: 'Gantry/0 (test)',
    idleTimeoutMs: more.idleTimeoutMs ?? 5000,
    environment: more.environment ?? {},
  };
}

export const READ_TOOL: ToolSchema = {
  name: 'read_file',
  description: 'Reads a file.',
  kind: 'read',
  parameters: { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'], additionalProperties: false },
};

export function requestTo(modelId: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { modelId, system: '', messages: [{ role: 'user', text: 'hello' }], tools: [], ...more };
}

/** Passes a whole stream through its mapper. */
export function play(mapper: StreamMapper, chunks: readonly unknown[]): StreamEvent[] {
  return [...chunks.flatMap((chunk) => mapper.push(chunk)), ...mapper.end()];
}
