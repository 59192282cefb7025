/** How a model is told how much to think: which of the two ways it knows depends on its generation. Pure. */
import type { OutputConfig, ThinkingConfigParam } from '@anthropic-ai/sdk/resources/messages';
import { z } from 'zod';

export interface AnthropicThinking {
  readonly thinking?: ThinkingConfigParam;
  readonly output_config?: OutputConfig;
}

/** `reasoning` of an entry. Source: docs/formats.md 1.4. */
const Reasoning = z.object({
  effort: z.string().optional().catch(undefined),
  budget_tokens: z.number().positive().optional().catch(undefined),
});

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
/** Units: tokens. */
const BUDGETS: Readonly<Record<(typeof EFFORTS)[number], number>> = { low: 4096, medium: 10_240, high: 24_576, xhigh: 32_768, max: 49_152 };
const SMALLEST_BUDGET = 1024;
/** Kept for the answer itself. Unit: tokens. */
const ANSWER_RESERVE = 1024;

/**
 * Undefined where it is left to the endpoint. Claude thinks unless it is told not to (`reasoning: false`); others only where
 * the settings ask for it.
 */
export function thinkingFor(modelId: string, reasoning: unknown, maxTokens: number): AnthropicThinking | undefined {
  const kind = kindOf(modelId);
  if (kind === 'none') return undefined;
  const wish = Reasoning.safeParse(reasoning).data;
  if (reasoning === false || wish?.effort === 'none') return kind === 'always' ? undefined : { thinking: { type: 'disabled' } };
  const effort = wish?.effort === 'minimal' ? 'low' : EFFORTS.find((known) => known === wish?.effort);
  if (kind === 'adaptive' || kind === 'always') {
    // Without `display` the newest models think unseen.
    return { thinking: { type: 'adaptive', display: 'summarized' }, ...(effort === undefined ? {} : { output_config: { effort } }) };
  }
  if (kind === 'foreign' && wish === undefined) return undefined;
  const budget = Math.min(wish?.budget_tokens ?? BUDGETS[effort ?? 'medium'], maxTokens - ANSWER_RESERVE);
  return budget < SMALLEST_BUDGET ? undefined : { thinking: { type: 'enabled', budget_tokens: Math.floor(budget) } };
}

/**
 * Budgets until 4.5, adaptive from 4.6 on; some later ones always think. A name without a number is newer than this file.
 * Source: the vendor's pages on thinking.
 */
function kindOf(modelId: string): 'none' | 'budget' | 'adaptive' | 'always' | 'foreign' {
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
