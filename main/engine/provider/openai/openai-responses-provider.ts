/**
 * OpenAI's Responses API, over the same package as chat completions. The service stores nothing (`store: false`): each request
 * carries the history with the reasoning encrypted, so that a session can switch to any other provider and back.
 */
import { randomBytes } from 'node:crypto';
import type { Stream } from 'openai/core/streaming';
import type { ResponseCreateParamsStreaming, ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { createKnownHistory, type KnownHistory } from '../encode-request.ts';
import { getModalities } from '../media.ts';
import { promptCacheKey } from '../prompt-cache.ts';
import { type ProtocolModule, type ProviderConfig, getSigner } from '../provider-config.ts';
import type { ModelProvider, ModelRequest } from '../provider.ts';
import { readSdkFault } from '../sdk-fault.ts';
import { streamProtocol } from '../stream-protocol.ts';
import { createOpenAiClient, listOpenAiModels, postJson } from './openai-client.ts';
import { toResponsesInput, toResponsesTools } from './openai-responses-messages.ts';
import { createResponsesStreamMapper } from './openai-responses-stream.ts';
import { defined } from '../../../../preload/contract/index.ts';

export function createOpenAiResponsesProvider(config: ProviderConfig): ModelProvider {
  const known = createKnownHistory<ResponseInputItem>();
  return {
    stream: (request, signal) =>
      streamProtocol(config, request, signal, {
        mapper: createResponsesStreamMapper({
          callIdSeed: randomBytes(4).toString('hex'),
          signer: getSigner(config, request.modelId),
        }),
        readFault: readSdkFault,
        async open(key, { timeoutMs, signal: ending }) {
          const client = await createOpenAiClient(config, key, timeoutMs);
          const send = async (body: ResponseCreateParamsStreaming) => {
            const { data, response } = await postJson<Stream<ResponseStreamEvent>>(
              client,
              '/responses',
              known.encode(body, 'input'),
              ending,
            );
            return { chunks: data, contentType: response.headers.get('content-type') };
          };
          const body = responsesRequestBody(config, request, known);
          try {
            return await send(body);
          } catch (error) {
            const fault = readSdkFault(error, timeoutMs);
            if (!refusesSummary(fault) || body.reasoning === undefined) throw error;
            // Only verified organizations get a summary of the thinking; the answer does not need one.
            const { summary: _summary, ...reasoning } = body.reasoning ?? {};
            return await send({ ...body, reasoning });
          }
        },
      }),
  };
}

export const OPENAI_RESPONSES_PROTOCOL: ProtocolModule = {
  create: createOpenAiResponsesProvider,
  listModels: listOpenAiModels,
  readFault: readSdkFault,
};

function refusesSummary(fault: ReturnType<typeof readSdkFault>): boolean {
  return fault.kind === 'http' && fault.status === 400 && /reasoning[._ ]summar/i.test(`${fault.code} ${fault.text}`);
}

/** Other models refuse the thinking fields. */
const THINKING_MODELS = /^(?:o\d|gpt-5(?!-chat)|codex)/;

export function responsesRequestBody(
  config: ProviderConfig,
  request: ModelRequest,
  known: KnownHistory<ResponseInputItem> = createKnownHistory(),
): ResponseCreateParamsStreaming {
  const { generation } = config;
  const { max_tokens: givenLimit, ...sampling } = generation?.samplingParams ?? {};
  const limit = typeof givenLimit === 'number' ? givenLimit : request.maxOutputTokens;
  const options = { takes: getModalities(request.modelId, generation), signer: getSigner(config, request.modelId) };
  const input = toResponsesInput(request.messages, options, (message, map) => known.mapped(request.modelId, message, map));
  return {
    model: request.modelId,
    ...(request.system === '' ? {} : { instructions: request.system }),
    input,
    ...(request.tools.length === 0 ? {} : { tools: toResponsesTools(request.tools), parallel_tool_calls: true }),
    ...defined({ max_output_tokens: limit }),
    ...thinkingFields(generation?.reasoning, request.modelId),
    store: false,
    ...promptCacheKey(request, new URL(config.endpoint.requestUrl).hostname),
    ...sampling,
    ...generation?.extra_body,
    stream: true,
  };
}

type Thinking = Pick<ResponseCreateParamsStreaming, 'reasoning' | 'include'>;

function thinkingFields(reasoning: Readonly<Record<string, unknown>> | false | undefined, modelId: string): Thinking {
  const name = modelId.split('/').at(-1) ?? '';
  if (reasoning === false || (reasoning === undefined && !THINKING_MODELS.test(name))) return {};
  const { budget_tokens: _budget, ...said } = reasoning ?? {};
  return { reasoning: { summary: 'auto', ...said }, include: ['reasoning.encrypted_content'] };
}
