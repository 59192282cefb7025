/**
 * The Gemini protocol, for the Gemini API and Vertex AI, over `@google/genai`, which the first request loads. This file owns the
 * content of a request; gemini-client owns the endpoint and the identity, gemini-stream interprets chunks, and stream-protocol
 * runs the request.
 */
import { randomBytes } from 'node:crypto';
import type { ListedModel } from '../../../../preload/contract/index.ts';
import { toListedModel } from '../listed-model.ts';
import { type ListOptions, type ProtocolModule, type ProviderConfig, getSigner } from '../provider-config.ts';
import type { ModelProvider } from '../provider.ts';
import { streamProtocol } from '../stream-protocol.ts';
import { connectGemini } from './gemini-client.ts';
import { KnownFault, readGeminiFault } from './gemini-fault.ts';
import { geminiRequest } from './gemini-request.ts';
import { createGeminiStreamMapper } from './gemini-stream.ts';

/** See `ModelProvider`: never throws past its stream, which ends with exactly one `done` or `error`. */
export function createGeminiProvider(config: ProviderConfig): ModelProvider {
  return {
    stream: (request, signal) =>
      streamProtocol(config, request, signal, {
        mapper: createGeminiStreamMapper({
          callIdSeed: randomBytes(4).toString('hex'),
          signer: getSigner(config, request.modelId),
        }),
        readFault: readGeminiFault,
        async open(key, { timeoutMs, signal: ending }) {
          const { client, httpOptions, contentType, readFault } = await connectGemini(config, key);
          const { model, contents, config: wanted } = geminiRequest(config, request);
          try {
            const chunks = await client.models.generateContentStream({
              model,
              contents,
              config: { ...wanted, httpOptions, abortSignal: ending },
            });
            return { chunks, contentType: contentType() };
          } catch (error) {
            throw new KnownFault(readFault(error, timeoutMs));
          }
        },
      }),
  };
}

export const GEMINI_PROTOCOL: ProtocolModule = { create: createGeminiProvider, listModels: listGeminiModels, readFault: readGeminiFault };

const LISTED = 1000;

/** Only models that answer with text; Vertex AI does not report what its models can do. */
async function listGeminiModels(config: ProviderConfig, key: string | undefined, options: ListOptions): Promise<readonly ListedModel[]> {
  const { client, httpOptions, readFault } = await connectGemini(config, key);
  try {
    const abortSignal = options.signal === undefined ? {} : { abortSignal: options.signal };
    const { extraBody: _ofAnswers, ...ownOptions } = httpOptions;
    const page = await client.models.list({
      config: { pageSize: LISTED, httpOptions: { ...ownOptions, timeout: options.timeoutMs }, ...abortSignal },
    });
    return page.page.flatMap(({ name, supportedActions, inputTokenLimit }) => {
      const id = name?.split('/').at(-1);
      const answers = supportedActions === undefined || supportedActions.includes('generateContent');
      return answers ? (toListedModel({ id, inputTokenLimit }) ?? []) : [];
    });
  } catch (error) {
    throw new KnownFault(readFault(error, options.timeoutMs));
  }
}
