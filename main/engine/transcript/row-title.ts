import { ToolVerb, type ToolItem } from '../../../preload/contract/index.ts';

const VERBS: Readonly<Record<ToolVerb, string>> = {
  answer: 'Answered',
  ask: 'Asked',
  ask_agent: 'Asked',
  call: 'Called',
  edit: 'Edited',
  enter: 'Entered',
  fetch: 'Fetched',
  find_tools: 'Looked for tools',
  list: 'Listed',
  load_skill: 'Loaded skill',
  message: 'Messaged',
  monitor: 'Monitored',
  plan: 'Planned',
  present: 'Presented',
  read: 'Read',
  read_output: 'Read output of',
  remember: 'Remembered',
  run: 'Ran',
  search: 'Searched',
  start: 'Started',
  stop: 'Stopped',
  user_run: 'You ran',
  write: 'Wrote',
};

/** The title of a tool's row where a host writes the text itself: exports, session files, the HTTP routes. A window has its own words. */
export function toRowTitle({ verb, target }: Pick<ToolItem, 'verb' | 'target'>): string {
  const known = ToolVerb.safeParse(verb).data;
  return `${known === undefined ? verb : VERBS[known]} ${target}`.trim();
}
