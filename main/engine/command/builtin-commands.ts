/** The built-in slash commands: one table for the window, `-p` and every other host. Pure. Source: docs/formats.md 7.1. */
import type { CommandSummary } from '../../../preload/contract/index.ts';

/** `body`: the text sent to the model, for commands that run there; a template like that of a custom command. */
export interface BuiltinCommand extends CommandSummary {
  readonly body?: string;
}

const builtin = (
  name: string,
  runsIn: CommandSummary['runsIn'],
  description: string,
  more: { argumentHint?: string; aliases?: string[]; body?: string } = {},
): BuiltinCommand => ({ name, aliases: [], description, runsIn, source: 'built-in', ...more });

const INIT = `Look at this project (its layout, build files, scripts, tests and existing notes) and write QWEN.md in its root for an
agent that will work here. If there is one already, correct and complete it and keep what its author wrote by hand.

Say what the project is, how it is built, tested, checked and run (the exact commands, each of which you have found in its
files), how the code is laid out and which conventions hold. Only what is true here and worth knowing before a change; one
page, no general advice. {{args}}`;

const SUMMARY = `Summarize this conversation for a reader who was not here: what was asked, what was decided and why, what was
changed (with file names), what was checked and how it came out, and what is still open. Do not call tools. {{args}}`;

export const BUILTIN_COMMANDS: readonly BuiltinCommand[] = [
  builtin('help', 'engine', 'List the commands', { aliases: ['?'] }),
  builtin('clear', 'window', 'Start a new session', { aliases: ['new', 'reset'] }),
  builtin('context', 'engine', 'Show what fills the context window'),
  builtin('compress', 'engine', 'Summarize the conversation to make room', { argumentHint: '[what to keep]', aliases: ['summarize'] }),
  builtin('model', 'engine', 'Show or choose the model', { argumentHint: '[model id]' }),
  builtin('approval-mode', 'engine', 'Show or choose what runs without approval', { argumentHint: '[plan|default|auto-edit|yolo]' }),
  builtin('plan', 'engine', 'Plan without changing anything', { argumentHint: '[what to plan]', body: '{{args}}' }),
  builtin('rename', 'engine', 'Name this session', { argumentHint: '<title>' }),
  builtin('export', 'window', 'Save this session as a file', { argumentHint: '[markdown|html|json|jsonl]' }),
  builtin('branch', 'window', 'Continue in a copy of this session'),
  builtin('rewind', 'window', 'Go back to before one of your prompts'),
  builtin('resume', 'window', 'Open another session', { aliases: ['sessions'] }),
  builtin('delete', 'window', 'Delete a session'),
  builtin('stats', 'engine', 'Show statistics of this session'),
  builtin('tools', 'engine', 'List the tools of the model'),
  builtin('tasks', 'engine', 'List background tasks'),
  builtin('skills', 'engine', 'List the skills of this folder'),
  builtin('agents', 'engine', 'List the subagents of this folder'),
  builtin('mcp', 'engine', 'List the tools, prompts and resources of MCP servers', { argumentHint: '[auth <server>]' }),
  builtin('memory', 'engine', 'List the memory files in use'),
  builtin('hooks', 'engine', 'List the configured hooks'),
  builtin('init', 'model', 'Write QWEN.md for this project', { argumentHint: '[what to emphasize]', body: INIT }),
  builtin('copy', 'window', 'Copy the last answer'),
  builtin('summary', 'model', 'Summarize this conversation', { argumentHint: '[what matters]', body: SUMMARY }),
  builtin('auth', 'engine', 'Show where keys and providers are set', { aliases: ['login', 'connect'] }),
  builtin('bug', 'engine', 'Collect what a bug report needs', { argumentHint: '[what happened]' }),
  builtin('exit', 'engine', 'Say how to leave', { aliases: ['quit'] }),
  builtin('btw', 'engine', 'Ask a side question without adding it to the conversation', { argumentHint: '<question>' }),
];
