/**
 * `reasoning_details` of OpenRouter and those who do as it does: what a model of another maker behind a chat completions
 * endpoint has signed. It comes in pieces and goes back whole. Pure. Source: openrouter.ai/docs, "Preserving reasoning".
 */
import { z } from 'zod';

export const ReasoningDetail = z.looseObject({
  type: z.string(),
  index: z.number().nullish().catch(undefined),
  text: z.string().nullish().catch(undefined),
  summary: z.string().nullish().catch(undefined),
  data: z.string().nullish().catch(undefined),
});
export type ReasoningDetail = z.infer<typeof ReasoningDetail>;

const JOINED = ['text', 'summary', 'data'] as const;

/** Adds a piece to the one of its kind and place before it, or behind all. */
export function addReasoningDetail(details: ReasoningDetail[], piece: ReasoningDetail): void {
  const last = details.at(-1);
  if (last === undefined || last.type !== piece.type || (last.index ?? 0) !== (piece.index ?? 0)) {
    details.push(piece);
    return;
  }
  const joined = Object.fromEntries(
    JOINED.flatMap((name) => (last[name] || piece[name] ? [[name, (last[name] ?? '') + (piece[name] ?? '')]] : [])),
  );
  const said = Object.fromEntries(Object.entries(piece).filter(([, value]) => value !== null && value !== undefined));
  details[details.length - 1] = { ...last, ...said, ...joined };
}

/** Only what is signed or encrypted is worth more than the text of the thinking. */
export function isSigned(details: readonly ReasoningDetail[]): boolean {
  return details.some((detail) => Boolean(detail.data) || Boolean(detail['signature']));
}

export function readReasoningDetails(value: string | undefined): ReasoningDetail[] | undefined {
  if (value === undefined) return undefined;
  try {
    return ReasoningDetail.array().safeParse(JSON.parse(value)).data;
  } catch {
    return undefined; // not ours: left out
  }
}
