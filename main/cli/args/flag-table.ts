/** The flags of a run, in the order in which `--help` lists them. What a flag means is decided in args-run.ts and args-settings.ts. */
import type { ParseArgsOptionDescriptor } from 'node:util';
import { COMMON_FLAGS } from './flags.ts';
import { IGNORED_FLAGS } from './ignored-flags.ts';

export const SECTIONS = ['Prompt and output', 'Model', 'What it may do', 'Session'] as const;

export interface RunFlag extends ParseArgsOptionDescriptor {
  /** Absent: `--help` does not list the flag. */
  readonly help?: {
    readonly section: (typeof SECTIONS)[number];
    /** What follows the flag's name, such as `<text>`. */
    readonly value?: string;
    readonly text?: string;
  };
}

export const RUN_FLAGS = {
  ...COMMON_FLAGS,

  prompt: {
    type: 'string',
    short: 'p',
    help: { section: 'Prompt and output', value: '<text>', text: 'the prompt; it can also be given without the flag' },
  },
  'output-format': {
    type: 'string',
    short: 'o',
    help: { section: 'Prompt and output', value: '<format>', text: 'text (default), json (one array), stream-json (one message per line)' },
  },
  'include-partial-messages': {
    type: 'boolean',
    help: { section: 'Prompt and output', text: 'with stream-json: print text as it arrives' },
  },
  'json-schema': {
    type: 'string',
    help: { section: 'Prompt and output', value: '<json|@file>', text: 'the answer is one object of this JSON Schema' },
  },
  'input-format': {
    type: 'string',
    help: {
      section: 'Prompt and output',
      value: '<format>',
      text: 'text (default), stream-json: a program sends prompts and control messages, one per line',
    },
  },
  'all-files': {
    type: 'boolean',
    short: 'a',
    help: {
      section: 'Prompt and output',
      text: 'put the text of the files in this folder before the prompt: at most 512 KiB, without binary, hidden, ignored and key files',
    },
  },
  acp: {
    type: 'boolean',
    help: { section: 'Prompt and output', text: 'be the agent of an editor: Agent Client Protocol on standard input and output' },
  },

  model: { type: 'string', short: 'm', help: { section: 'Model', value: '<id>', text: 'one of the configured models' } },
  'auth-type': {
    type: 'string',
    help: {
      section: 'Model',
      value: '<protocol>',
      text: 'openai, openai-responses, anthropic, gemini, vertex-ai: use only providers with this protocol',
    },
  },
  'openai-api-key': {
    type: 'string',
    help: {
      section: 'Model',
      value: '<key>',
      text: 'replaces the variable of that protocol, OPENAI_API_KEY without one (other users can see arguments: prefer the variable)',
    },
  },
  'openai-base-url': { type: 'string', help: { section: 'Model', value: '<url>', text: 'replaces its address in the same way' } },
  proxy: {
    type: 'string',
    help: {
      section: 'Model',
      value: '<address>',
      text: 'send requests to models through it (for one with a password, prefer HTTPS_PROXY)',
    },
  },
  'openai-logging': {
    type: 'string',
    help: { section: 'Model', text: 'save requests and answers of the OpenAI protocols as files, in logs/openai' },
  },
  'openai-logging-dir': { type: 'string', help: { section: 'Model', value: '<folder>', text: 'save them in this folder' } },
  'system-prompt': { type: 'string', help: { section: 'Model', value: '<text>', text: "replaces Gantry's own" } },
  'append-system-prompt': { type: 'string', help: { section: 'Model', value: '<text>', text: "is added to Gantry's own" } },
  'trust-endpoint': {
    type: 'string',
    multiple: true,
    help: { section: 'Model', value: '<origin>', text: "the project's settings may send a key to this address" },
  },

  'approval-mode': {
    type: 'string',
    help: { section: 'What it may do', value: '<mode>', text: 'plan, default, auto-edit, auto (as auto-edit), yolo' },
  },
  yolo: { type: 'boolean', short: 'y', help: { section: 'What it may do', text: 'run everything without asking' } },
  'allowed-tools': {
    type: 'string',
    multiple: true,
    help: { section: 'What it may do', value: '<names>', text: 'run these tools without asking' },
  },
  trust: { type: 'boolean', help: { section: 'What it may do', text: "use this folder's own settings" } },
  'include-directories': {
    type: 'string',
    multiple: true,
    help: { section: 'What it may do', value: '<paths>', text: 'add these folders to the workspace' },
  },
  'max-session-turns': { type: 'string', help: { section: 'What it may do', value: '<n>', text: 'limit the requests to the model' } },
  'max-tool-calls': { type: 'string', help: { section: 'What it may do', value: '<n>', text: 'limit the tool calls' } },
  'max-wall-time': {
    type: 'string',
    help: { section: 'What it may do', value: '<time>', text: '90s, 5m, 1h: stop a turn after this time' },
  },
  'max-subagent-depth': { type: 'string', help: { section: 'What it may do', value: '<n>', text: 'how deep subagents can start others' } },
  'core-tools': {
    type: 'string',
    multiple: true,
    help: { section: 'What it may do', value: '<names>', text: 'offer only these built-in tools' },
  },
  'exclude-tools': {
    type: 'string',
    multiple: true,
    help: { section: 'What it may do', value: '<names>', text: 'do not offer these tools' },
  },
  'disabled-slash-commands': {
    type: 'string',
    multiple: true,
    help: { section: 'What it may do', value: '<names>' },
  },
  'mcp-config': {
    type: 'string',
    multiple: true,
    help: { section: 'What it may do', value: '<file|json>', text: 'MCP servers for this run, besides those of the settings' },
  },
  'allowed-mcp-server-names': {
    type: 'string',
    multiple: true,
    help: { section: 'What it may do', value: '<names>', text: 'use only these MCP servers' },
  },
  background: {
    type: 'string',
    help: {
      section: 'What it may do',
      value: 'wait|stop',
      text: 'background tasks at the end: wait for them, or stop them after 30 s (default)',
    },
  },

  continue: { type: 'boolean', short: 'c', help: { section: 'Session', text: 'continue the latest session of this folder' } },
  resume: {
    type: 'string',
    short: 'r',
    help: {
      section: 'Session',
      value: '<session>',
      text: 'its id, the beginning of the id, or its title; without a value it lists the latest',
    },
  },
  'fork-session': { type: 'boolean', help: { section: 'Session', text: 'work on a copy of it' } },
  'session-id': { type: 'string', help: { section: 'Session', value: '<uuid>', text: 'the id of a new session or copy' } },
  'chat-recording': {
    type: 'string',
    help: { section: 'Session', value: 'false', text: 'do not save the conversation; it cannot be resumed' },
  },

  'experimental-acp': { type: 'boolean' },
  'add-dir': { type: 'string', multiple: true },
  channel: { type: 'string' },
  'list-extensions': { type: 'boolean', short: 'l' },
  ...IGNORED_FLAGS,
} as const satisfies Readonly<Record<string, RunFlag>>;
