import * as z from 'zod/mini';

/**
 * A question of the agent to the user. Besides its options, every question accepts free text, which the client adds
 * itself. A pending question is in the row of the call that asked it (`ToolDisplay` of kind `question`), so it is part of the
 * snapshot and survives a reload; `question.answer` answers it.
 */
export const Question = z.object({
  /** A heading of one or two words; may be empty. */
  header: z.string(),
  question: z.string(),
  options: z.array(z.object({ label: z.string(), description: z.string() })),
  multiSelect: z.boolean(),
});
export type Question = z.infer<typeof Question>;

/** `chosen`: indexes of the options, from 0. No choice and no text is an answer too: the decision is left to the agent. */
export const QuestionAnswer = z.object({
  chosen: z.array(z.int().check(z.gte(0))).check(z.maxLength(20)),
  text: z.optional(z.string().check(z.maxLength(4000))),
});
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;
