import * as z from 'zod/mini';

/**
 * How full the model's context is. Units: tokens. `usedTokens` is 0 before the first request. `isEstimate`: not
 * counted by the provider.
 */
export const ContextMeter = z.object({
  usedTokens: z.number(),
  windowTokens: z.number(),
  isEstimate: z.optional(z.boolean()),
});
export type ContextMeter = z.infer<typeof ContextMeter>;

/**
 * What fills the context. Units: tokens; the parts are estimates, scaled so that their sum is `usedTokens`.
 * Shape: `compactAtTokens` is where the conversation is summarized automatically; absent: never. `memoryFiles` are part of the
 * system text and listed separately; `leftOut` are memory files and imports that were not read, with reasons.
 */
export const ContextUsage = z.object({
  meter: ContextMeter,
  freeTokens: z.number(),
  compactAtTokens: z.optional(z.number()),
  parts: z.array(z.object({ kind: z.enum(['system', 'memory', 'tools', 'messages']), tokens: z.number(), count: z.number() })),
  memoryFiles: z.array(z.object({ path: z.string(), label: z.string(), tokens: z.number() })),
  leftOut: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type ContextUsage = z.infer<typeof ContextUsage>;
