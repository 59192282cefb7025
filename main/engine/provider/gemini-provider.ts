import type { ProtocolModule, ProviderConfig } from './provider-config.ts';
import type { ModelProvider } from './provider.ts';
import { readSdkFault } from './sdk-fault.ts';

/** See `ModelProvider`. */
export function createGeminiProvider(config: ProviderConfig): ModelProvider {
  return {
    async *stream() {
      const message = `${config.endpoint.providerName} speaks ${config.protocol}, which this version cannot. Choose another provider.`;
      yield { type: 'error', error: { code: 'not_supported', message } };
    },
  };
}

export const GEMINI_PROTOCOL: ProtocolModule = { create: createGeminiProvider, listModels: async () => [], readFault: readSdkFault };
