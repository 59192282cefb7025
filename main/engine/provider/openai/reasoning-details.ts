/**
 * `reasoning_details` of OpenRouter and compatible servers: what another maker's model behind a chat completions endpoint has
 * signed. It arrives in pieces and is sent back complete. Pure. Source: openrouter.ai/docs, "Preserving reasoning".
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

/** Adds a piece to the previous one of the same kind and index, or appends it. */
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

/** Only signed or encrypted parts carry more than the text of the thinking. */
export function isSigned(details: readonly ReasoningDetail[]): boolean {
  return details.some((detail) => Boolean(detail.data) || Boolean(detail['signature']));
}

export function readReasoningDetails(value: string | undefined): ReasoningDetail[] | undefined {
  if (value === undefined) return undefined;
  try {
    return ReasoningDetail.array().safeParse(JSON.parse(value)).data;
  } catch {
    return undefined; // not written by us: omitted
  }
}
