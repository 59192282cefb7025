import { z } from 'zod';

/**
 * A slash command, without its slash.
 * Shape: `runsIn` says who does it: the `engine` answers with a text, the `window` opens or does something of its own, and
 * with `model` it becomes a prompt. `source` is where it comes from.
 */
export const CommandSummary = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  /** One line. */
  description: z.string(),
  /** What may follow, as it is shown: `[topic]`. */
  argumentHint: z.string().optional(),
  runsIn: z.enum(['engine', 'window', 'model']),
  source: z.enum(['built-in', 'user', 'project', 'skill', 'mcp']),
});
export type CommandSummary = z.infer<typeof CommandSummary>;

/**
 * What came of a command.
 * Shape: `said`: it is done, and its text (Markdown) also stands in the session as a quiet row. `prompt`: it is, or becomes,
 * a prompt: send the same text with `session.prompt`. `window`: the client is to do it; `text` is for those without a
 * window, and absent where nothing can be said.
 */
export const CommandOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('said'), text: z.string() }),
  z.object({ kind: z.literal('prompt') }),
  z.object({ kind: z.literal('window'), name: z.string(), args: z.string(), text: z.string().optional() }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;
