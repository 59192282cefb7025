import * as z from 'zod/mini';
import { CommandAnswer } from './extension.ts';
import { TaskFailure } from './task.ts';

const count = z.int().check(z.gte(0));
const names = z.array(z.string());

/**
 * How a reported task ended. `done`: a subagent gave its answer. `failed`: `reason` says
 * the same as `failure` in English, or quotes the operating system or a subagent.
 * `line_limit` and `idle`: the limits of a monitor.
 */
const TaskEnd = z.discriminatedUnion('code', [
  z.object({ code: z.enum(['done', 'stopped', 'interrupted']) }),
  z.object({ code: z.literal('exited'), exitCode: z.int() }),
  z.object({ code: z.literal('failed'), failure: z.optional(TaskFailure), reason: z.string() }),
  z.object({ code: z.literal('line_limit'), lines: count }),
  z.object({ code: z.literal('idle'), seconds: z.number() }),
]);

/**
 * What happened to a background task. `name`: the first line of its command, or the description of a monitor. `lines`: those that a
 * monitor printed since its last report; `dropped` more are only in the output file. `end` is absent while it runs.
 */
export const TaskReport = z.object({ name: z.string(), lines: z.optional(z.object({ count, dropped: count })), end: z.optional(TaskEnd) });
export type TaskReport = z.infer<typeof TaskReport>;

/** Why a file that a prompt names was not read. `other` quotes the file system or an MCP server. */
export const UnreadCause = z.discriminatedUnion('code', [
  z.object({ code: z.enum(['outside', 'denied', 'secret', 'git', 'ignored', 'not_a_file', 'no_room', 'folder_outside']) }),
  z.object({ code: z.literal('too_large'), megabytes: z.number() }),
  z.object({ code: z.literal('binary'), group: z.enum(['image', 'pdf', 'other']) }),
  z.object({ code: z.literal('other'), message: z.string() }),
]);
export type UnreadCause = z.infer<typeof UnreadCause>;

/** Why a conversation was not summarized. `other` quotes the failure of the request. */
export const CompactionProblem = z.discriminatedUnion('code', [
  z.object({ code: z.enum(['longer', 'unfinished', 'too_long', 'empty']) }),
  z.object({ code: z.literal('other'), message: z.string() }),
]);
export type CompactionProblem = z.infer<typeof CompactionProblem>;

/** What is left of a summarized conversation. `prompts` 0 with `steps`: the last steps of the running turn. */
export const CompactionKept = z.object({ prompts: count, steps: z.boolean(), files: count });
export type CompactionKept = z.infer<typeof CompactionKept>;

/**
 * What a notice says, as data, so that a window can show its own text. `message` and `reason` are the words of a hook, a file system
 * or a provider. A notice that only quotes such words, or whose meaning is its error code, has no content.
 */
export const NoticeContent = z.discriminatedUnion('code', [
  /** The answer of a slash command; the text of the notice is the command, its detail is the answer as Markdown in English. */
  z.object({ code: z.literal('command_answer'), answer: z.optional(CommandAnswer) }),
  z.object({ code: z.literal('turn_interrupted') }),
  /** By the user. */
  z.object({ code: z.literal('turn_stopped') }),
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
  z.object({ code: z.literal('tasks_reported'), reports: z.array(TaskReport) }),
  /** The conversation was summarized; the detail is the summary. Qwen Code records only the tokens, or nothing. */
  z.object({
    code: z.literal('compacted'),
    tokens: z.optional(z.object({ before: count, after: count })),
    kept: z.optional(CompactionKept),
  }),
  /** `isAsked`: the user requested it, so the notice does not name the command. */
  z.object({ code: z.literal('compaction_failed'), problem: CompactionProblem, isAsked: z.boolean() }),
  /** The detail says that the agent can read them with its own tools. */
  z.object({ code: z.literal('files_unread'), files: z.array(z.object({ path: z.string(), cause: UnreadCause })) }),
  /** A hook made the model continue, or commented on its calls. */
  z.object({ code: z.enum(['hook_continued', 'hook_commented']), message: z.string() }),
  z.object({ code: z.enum(['turn_stopped_by_hook', 'subagent_stopped_by_hook']), reason: z.string() }),
  /** The answer to an approval holds for this call, but not its rules. */
  z.object({ code: z.literal('rules_not_saved'), rules: names, reason: z.string() }),
  z.object({ code: z.literal('turn_not_started'), reason: z.string() }),
]);
export type NoticeContent = z.infer<typeof NoticeContent>;
