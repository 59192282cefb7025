import { z } from 'zod';

/**
 * Something the agent wants to know of the user. Besides the options every question takes free text, which the client adds
 * by itself. A question stands in the row of the call that asks it (`ToolDisplay` of kind `question`), so it is part of the
 * snapshot and survives a reload; it is answered by `question.answer`.
 */
export const Question = z.object({
  /** A word or two over it; may be empty. */
  header: z.string(),
  question: z.string(),
  options: z.array(z.object({ label: z.string(), description: z.string() })),
  multiSelect: z.boolean(),
});
export type Question = z.infer<typeof Question>;

/** `chosen`: places among the options, from 0. Nothing chosen and no text is an answer too: the user leaves it to the agent. */
export const QuestionAnswer = z.object({ chosen: z.array(z.number().int().min(0)).max(20), text: z.string().max(4000).optional() });
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;
