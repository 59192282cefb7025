/** Builds the options of a Gemini request, apart from its history. Pure. */
import type { GenerateContentConfig, GenerateContentParameters, ThinkingConfig, ThinkingLevel } from '@google/genai';
import { z } from 'zod';
import { getModalities } from '../media.ts';
import { type ProviderConfig, getSigner } from '../provider-config.ts';
import type { ModelRequest } from '../provider.ts';
import { geminiVersion, toGeminiContents, toGeminiTools } from './gemini-messages.ts';
import { defined } from '../../../../preload/contract/index.ts';

/** Settings name parameters as the OpenAI protocol does. */
const NAMES: Readonly<Record<string, string>> = {
  top_p: 'topP',
  top_k: 'topK',
  max_tokens: 'maxOutputTokens',
  max_output_tokens: 'maxOutputTokens',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  stop: 'stopSequences',
  stop_sequences: 'stopSequences',
};

export function geminiRequest(config: ProviderConfig, request: ModelRequest): GenerateContentParameters {
  const { generation } = config;
  const sampling = Object.fromEntries(
    Object.entries(generation?.samplingParams ?? {}).map(([name, value]) => [NAMES[name] ?? name, value]),
  );
  const tools = toGeminiTools(request.tools);
  const thinkingConfig = geminiThinking(request.modelId, generation?.reasoning);
  const wanted: GenerateContentConfig = {
    ...(request.system === '' ? {} : { systemInstruction: request.system }),
    ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: tools }] }),
    ...defined({ maxOutputTokens: request.maxOutputTokens, thinkingConfig }),
    ...sampling,
    // The SDK must not call functions or send follow-up requests by itself.
    automaticFunctionCalling: { disable: true },
    automaticContinuation: false,
  };
  return {
    model: request.modelId.replace(/^models\//, ''),
    contents: toGeminiContents(request.messages, {
      signer: getSigner(config, request.modelId),
      takes: getModalities(request.modelId, generation),
    }),
    config: wanted,
  };
}

const Reasoning = z.object({
  effort: z.string().optional().catch(undefined),
  budget_tokens: z.number().nonnegative().optional().catch(undefined),
});
/** Units: tokens. */
const BUDGETS: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 4096, high: 24_576, xhigh: 32_768, max: 32_768 };
const LEVELS: Readonly<Record<string, `${ThinkingLevel}`>> = {
  none: 'LOW',
  minimal: 'LOW',
  low: 'LOW',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};
/** 2.5 Pro cannot disable thinking. Unit: tokens. */
const SMALLEST_PRO_BUDGET = 128;

/**
 * Levels from the third generation on, budgets for 2.5, nothing for models that do not think and would refuse the option. Without
 * a setting the model decides, and its thinking is shown.
 */
export function geminiThinking(modelId: string, reasoning: unknown): ThinkingConfig | undefined {
  const version = geminiVersion(modelId);
  if (version < 2.5 || /-(?:image|tts|live)/.test(modelId)) return undefined;
  const setting = Reasoning.safeParse(reasoning).data;
  const effort = reasoning === false ? 'none' : setting?.effort;
  if (version >= 3) {
    const level = effort === undefined ? undefined : LEVELS[effort];
    // The SDK's type is an enum with these values, and importing it would load the SDK.
    return { includeThoughts: true, ...(level === undefined ? {} : { thinkingLevel: level as ThinkingLevel }) };
  }
  const budget = setting?.budget_tokens ?? (effort === undefined ? undefined : BUDGETS[effort]);
  if (budget === undefined) return { includeThoughts: true };
  const least = /pro/.test(modelId) ? SMALLEST_PRO_BUDGET : 0;
  const most = /pro/.test(modelId) ? 32_768 : 24_576;
  const thinkingBudget = Math.min(Math.max(budget, least), most);
  return { includeThoughts: thinkingBudget > 0, thinkingBudget };
}
