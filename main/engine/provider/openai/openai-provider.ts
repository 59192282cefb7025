/**
 * Chat completions of any OpenAI-compatible endpoint, over the `openai` package, which the first request loads. This file owns
 * the content of a request and its endpoint; openai-stream interprets chunks, and stream-protocol runs the request.
 */
import { randomBytes } from 'node:crypto';
import type { Stream } from 'openai/core/streaming';
import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { createKnownHistory } from '../encode-request.ts';
import type { ModelProvider } from '../provider.ts';
import { type ProtocolModule, type ProviderConfig, getSigner } from '../provider-config.ts';
import { readSdkFault } from '../sdk-fault.ts';
import { streamProtocol } from '../stream-protocol.ts';
import { createOpenAiClient, listOpenAiModels, postJson } from './openai-client.ts';
import { chatRequestBody } from './openai-request.ts';
import { createOpenAiStreamMapper } from './openai-stream.ts';

/** See `ModelProvider`: never throws past its stream, which ends with exactly one `done` or `error`. */
export function createOpenAiProvider(config: ProviderConfig): ModelProvider {
  const known = createKnownHistory<ChatCompletionMessageParam>();
  return {
    stream: (request, signal) =>
      streamProtocol(config, request, signal, {
        mapper: createOpenAiStreamMapper({
          callIdSeed: randomBytes(4).toString('hex'),
          tools: request.tools,
          signer: getSigner(config, request.modelId),
        }),
        readFault: readSdkFault,
        async open(key, options) {
          const client = await createOpenAiClient(config, key, options.timeoutMs);
          const body = known.encode(chatRequestBody(config, request, known), 'messages');
          const { data, response } = await postJson<Stream<ChatCompletionChunk>>(client, '/chat/completions', body, options.signal);
          const contentType = response.headers.get('content-type');
          // Some gateways send the whole answer at once although the request asked for a stream.
          return { chunks: /application\/json/i.test(contentType ?? '') ? wholeAnswer(response) : data, contentType };
        },
      }),
  };
}

async function* wholeAnswer(response: Response): AsyncGenerator<unknown, void> {
  yield await response.json();
}

export const OPENAI_PROTOCOL: ProtocolModule = { create: createOpenAiProvider, listModels: listOpenAiModels, readFault: readSdkFault };
