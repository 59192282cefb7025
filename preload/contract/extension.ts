import { z } from 'zod';

/**
 * A slash command, without its slash.
 * Shape: `runsIn` says what runs it: the `engine` answers with a text, the `window` opens a view or acts itself, and
 * with `model` it becomes a prompt. `source` is its origin.
 */
export const CommandSummary = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  /** One line. */
  description: z.string(),
  /** The arguments, as shown to the user: `[topic]`. */
  argumentHint: z.string().optional(),
  runsIn: z.enum(['engine', 'window', 'model']),
  source: z.enum(['built-in', 'user', 'project', 'skill', 'mcp']),
});
export type CommandSummary = z.infer<typeof CommandSummary>;

/**
 * The outcome of a command.
 * Shape: `said`: it has run, and its text (Markdown) is also in the session as a quiet row. `prompt`: it is, or becomes,
 * a prompt: send the same text with `session.prompt`. `window`: the client must run it; `text` is for clients without a
 * window, and absent if there is no text.
 */
export const CommandOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('said'), text: z.string() }),
  z.object({ kind: z.literal('prompt') }),
  z.object({ kind: z.literal('window'), name: z.string(), args: z.string(), text: z.string().optional() }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;
