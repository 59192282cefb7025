/** Sets how much a model thinks. There are two ways to say it; the model's generation decides which. Pure. */
import type { OutputConfig, ThinkingConfigParam } from '@anthropic-ai/sdk/resources/messages';
import { z } from 'zod';

export interface AnthropicThinking {
  readonly thinking?: ThinkingConfigParam;
  readonly output_config?: OutputConfig;
}

/** `reasoning` of a model entry. Source: docs/formats.md 1.4. */
const Reasoning = z.object({
  effort: z.string().optional().catch(undefined),
  budget_tokens: z.number().positive().optional().catch(undefined),
});

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
/** Units: tokens. */
const BUDGETS: Readonly<Record<(typeof EFFORTS)[number], number>> = { low: 4096, medium: 10_240, high: 24_576, xhigh: 32_768, max: 49_152 };
const SMALLEST_BUDGET = 1024;
/** Reserved for the answer itself. Unit: tokens. */
const ANSWER_RESERVE = 1024;

/**
 * Undefined leaves the decision to the endpoint. Claude thinks unless `reasoning` is `false`; other models think only if the
 * settings ask for it.
 */
export function thinkingFor(modelId: string, reasoning: unknown, maxTokens: number): AnthropicThinking | undefined {
  const kind = getThinkingKind(modelId);
  if (kind === 'none') return undefined;
  const setting = Reasoning.safeParse(reasoning).data;
  if (reasoning === false || setting?.effort === 'none') return kind === 'always' ? undefined : { thinking: { type: 'disabled' } };
  const effort = setting?.effort === 'minimal' ? 'low' : EFFORTS.find((known) => known === setting?.effort);
  if (kind === 'adaptive' || kind === 'always') {
    // Without `display` the newest models do not send their thinking.
    return { thinking: { type: 'adaptive', display: 'summarized' }, ...(effort === undefined ? {} : { output_config: { effort } }) };
  }
  if (kind === 'foreign' && setting === undefined) return undefined;
  const budget = Math.min(setting?.budget_tokens ?? BUDGETS[effort ?? 'medium'], maxTokens - ANSWER_RESERVE);
  return budget < SMALLEST_BUDGET ? undefined : { thinking: { type: 'enabled', budget_tokens: Math.floor(budget) } };
}

/**
 * Budgets up to 4.5, adaptive from 4.6 on; some later models always think. A name without a number is newer than this file.
 * Source: the vendor's pages on thinking.
 */
function getThinkingKind(modelId: string): 'none' | 'budget' | 'adaptive' | 'always' | 'foreign' {
  const name = modelId.toLowerCase();
  if (!name.includes('claude')) return 'foreign';
  if (/claude-(?:mythos|fable)/.test(name)) return 'always';
  const version = claudeVersion(name);
  if (version < 3.7) return 'none';
  return version < 4.6 ? 'budget' : 'adaptive';
}

/** `claude-3-7-sonnet-20250219` is 3.7, `claude-opus-4-20250514` is 4, `claude-sonnet-4-5` is 4.5. */
export function claudeVersion(modelId: string): number {
  const found = /claude-(\d+)(?:[-.](\d{1,2}))?(?!\d)/.exec(modelId) ?? /claude-[a-z]+-(\d+)(?:[-.](\d{1,2}))?(?!\d)/.exec(modelId);
  if (found === null) return /claude-(?:instant|v\d)/.test(modelId) ? 1 : Number.POSITIVE_INFINITY;
  return Number(`${found[1] ?? ''}.${found[2] ?? 0}`);
}
