import * as z from 'zod/mini';
import { ContextUsage } from './context.ts';
import { TaskStatus } from './task.ts';

const count = z.int().check(z.gte(0));
const names = z.array(z.string());

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
  argumentHint: z.optional(z.string()),
  runsIn: z.enum(['engine', 'window', 'model']),
  source: z.enum(['built-in', 'user', 'project', 'skill', 'mcp']),
});
export type CommandSummary = z.infer<typeof CommandSummary>;

/**
 * The answer of a built-in command as data. A list of names and descriptions and the model's own words have only their text.
 * `not_compacted`: a row above says why, or there was too little to summarize. `mcp`: `more` resources are not listed. `prompt_help`:
 * the arguments of a prompt of an MCP server.
 */
export const CommandAnswer = z.discriminatedUnion('code', [
  z.object({ code: z.literal('context'), usage: ContextUsage }),
  z.object({ code: z.literal('compacted'), before: count, after: count }),
  z.object({ code: z.enum(['not_compacted', 'no_tasks', 'no_skills', 'no_memory', 'no_hooks', 'no_servers', 'empty_answer']) }),
  z.object({ code: z.literal('model'), modelId: z.string() }),
  /** An `ApprovalMode`, which the user types too. */
  z.object({ code: z.literal('mode'), mode: z.string() }),
  z.object({ code: z.literal('renamed'), title: z.string() }),
  z.object({
    code: z.literal('stats'),
    turns: count,
    prompts: count,
    answers: count,
    calls: count,
    failedCalls: count,
    callsByTool: z.array(z.object({ tool: z.string(), count })),
    usedTokens: count,
    windowTokens: count,
    backgroundTasks: count,
  }),
  z.object({ code: z.literal('tools'), tools: z.array(z.object({ name: z.string(), description: z.string() })), deferred: names }),
  z.object({
    code: z.literal('tasks'),
    tasks: z.array(z.object({ id: z.string(), status: TaskStatus, exitCode: z.optional(z.number()), command: z.string() })),
  }),
  z.object({ code: z.literal('mcp'), tools: names, prompts: names, resources: names, more: count }),
  z.object({ code: z.literal('sign_in'), server: z.string(), url: z.string() }),
  z.object({
    code: z.literal('prompt_help'),
    name: z.string(),
    server: z.string(),
    description: z.string(),
    arguments: z.array(z.object({ name: z.string(), isRequired: z.boolean(), description: z.string() })),
  }),
]);
export type CommandAnswer = z.infer<typeof CommandAnswer>;

/**
 * The outcome of a command.
 * Shape: `said`: it has run, and its text (Markdown) is also in the session as a quiet row. `prompt`: it is, or becomes,
 * a prompt: send the same text with `session.prompt`. `window`: the client must run it; `text` is for clients without a
 * window, and absent if there is no text.
 */
export const CommandOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('said'), text: z.string() }),
  z.object({ kind: z.literal('prompt') }),
  z.object({ kind: z.literal('window'), name: z.string(), args: z.string(), text: z.optional(z.string()) }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;
