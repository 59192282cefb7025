import { ProviderId } from '../../../preload/contract/index.ts';
import { EngineError } from '../../engine/index.ts';
import type { ModelRequest, StreamEvent } from '../../engine/provider/provider.ts';
import type { ProviderRegistry, ResolvedModel } from '../../engine/provider/registry-api.ts';

/** One answer: events, or a function that creates them from the request; `hold` waits for the cancel. */
export type ScriptedAnswer = readonly StreamEvent[] | ((request: ModelRequest, signal: AbortSignal) => AsyncIterable<StreamEvent>);

export interface ScriptedModel {
  readonly registry: ProviderRegistry;
  /** Every request so far; messages are copied, because the history grows. */
  readonly requests: readonly ModelRequest[];
  /** The requested lookups. */
  readonly wanted: readonly unknown[];
  /** Adds answers to the remaining ones. */
  push(...answers: ScriptedAnswer[]): void;
}

export const SCRIPTED_REF = { providerId: ProviderId.parse('scripted'), modelId: 'scripted-1' };

/** A model that answers from a script; without further answers it fails the turn. */
export function createScriptedModel(...answers: ScriptedAnswer[]): ScriptedModel {
  const left = [...answers];
  const requests: ModelRequest[] = [];
  const wanted: unknown[] = [];
  const resolved: ResolvedModel = {
    ref: SCRIPTED_REF,
    modelId: SCRIPTED_REF.modelId,
    contextWindowTokens: 100_000,
    provider: {
      async *stream(request, signal) {
        requests.push({ ...request, messages: [...request.messages] });
        const answer = left.shift() ?? [
          { type: 'error', error: { code: 'permission_denied', message: 'the script has no further answer' } },
        ];
        yield* typeof answer === 'function' ? answer(request, signal) : answer;
      },
    },
  };
  const unused = () => Promise.reject(new EngineError('not_supported', 'not scripted'));
  return {
    requests,
    wanted,
    push: (...more) => void left.push(...more),
    registry: {
      async resolve(_project, model) {
        wanted.push(model);
        return resolved;
      },
      defaultModel: async () => SCRIPTED_REF,
      list: async () => ({ providers: [], presets: [] }),
      save: unused,
      delete: unused,
      setKey: unused,
      deleteKey: unused,
      test: unused,
      trustEndpoint: unused,
      reach: async () => undefined,
      discover: async () => [],
      describeKeyStore: unused,
      keyNewlySent: async () => undefined,
      allowKeyFile: unused,
      moveKeysToKeyring: unused,
    },
  };
}

const USAGE: StreamEvent = { type: 'usage', usage: { inputTokens: 100, outputTokens: 20, cachedTokens: 40, thinkingTokens: 0 } };

export function says(text: string): ScriptedAnswer {
  return [{ type: 'text', text }, USAGE, { type: 'done', reason: 'stop' }];
}

export function calls(...list: readonly { id: string; name: string; input: Record<string, unknown> }[]): ScriptedAnswer {
  return [...list.map((call) => ({ type: 'tool_call', call }) as const), USAGE, { type: 'done', reason: 'tool_calls' }];
}

export function fails(error: Extract<StreamEvent, { type: 'error' }>['error'], begun = ''): ScriptedAnswer {
  return [...(begun === '' ? [] : [{ type: 'text', text: begun } as const]), { type: 'error', error }];
}

/** Sends some text and then nothing until it is cancelled. */
export function hangsAfter(text: string): ScriptedAnswer {
  return async function* hang(_request, signal) {
    yield { type: 'text', text };
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    yield { type: 'error', error: { code: 'cancelled', message: 'cancelled' } };
  };
}
