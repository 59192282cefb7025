import { z } from 'zod';

const count = z.number().int().min(0);
const names = z.array(z.string());

/**
 * What a notice says, as data, so that a window can show its own text. Notices that quote a failure, a hook or a command have only
 * their text.
 */
export const NoticeContent = z.discriminatedUnion('code', [
  /** The answer of a slash command; the text of the notice is the command, its detail is Markdown. */
  z.object({ code: z.literal('command_answer') }),
  z.object({ code: z.literal('turn_interrupted') }),
  /**
   * Parts of the session's file that could not be used. `firstLine` counts from 1; 0: unknown. `gaps`: places where messages are
   * missing. `foreign`: records that were written in another folder.
   */
  z.object({ code: z.literal('file_damaged'), lines: count, firstLine: count, gaps: count, foreign: count }),
  /** Commands that ended with Gantry; `names` has the first of them. */
  z.object({ code: z.literal('commands_stopped'), count, names }),
  /** MCP servers that were not ready when the turn began. */
  z.object({ code: z.literal('servers_starting'), names }),
  z.object({ code: z.literal('time_limit'), seconds: z.number() }),
  z.object({ code: z.literal('request_limit'), requests: count }),
  /** Memory files and imports that the model does not read; the detail lists them. */
  z.object({ code: z.literal('memory_left_out'), count }),
  /** Steps of a subagent that are not in the session's file. */
  z.object({ code: z.literal('steps_left_out'), count }),
]);
export type NoticeContent = z.infer<typeof NoticeContent>;
