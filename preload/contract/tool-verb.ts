import * as z from 'zod/mini';

/** What a tool call does, in the row before its target. Clients have the words for it. */
export const ToolVerb = z.enum([
  'answer',
  'ask',
  'ask_agent',
  'call',
  'edit',
  'enter',
  'fetch',
  'find_tools',
  'list',
  'load_skill',
  'message',
  'monitor',
  'plan',
  'present',
  'read',
  'read_output',
  'remember',
  'run',
  'search',
  'start',
  'stop',
  'user_run',
  'write',
]);
export type ToolVerb = z.infer<typeof ToolVerb>;
