/**
 * Intended differences between the printed messages of Gantry and Qwen Code. The outputs test allows these lines and no others,
 * checks that each still occurs, and docs/qwen-code.md names each by its title.
 */
import type { ProgramName } from './programs.ts';

export interface Difference {
  readonly title: string;
  readonly releases: readonly Exclude<ProgramName, 'gantry'>[];
  /** The kind of run. Default: any. */
  readonly run?: 'work' | 'error' | 'protocol';
  /** Lines of shapes.ts that only Gantry prints. */
  readonly ours?: RegExp;
  /** Lines that only Qwen Code prints. */
  readonly theirs?: RegExp;
  /** Fields that both print, with other values. */
  readonly values?: RegExp;
}

const BOTH = ['0.15.10', '0.24.4'] as const;

export const DIFFERENCES: readonly Difference[] = [
  { title: 'Agents are named in every run', releases: BOTH, run: 'protocol', ours: /^system\.init\.agents\[\]: string$/ },
  {
    title: 'No statistics by source',
    releases: BOTH,
    theirs: /^result\.success\.stats\.models\.\*\.bySource\.\*/,
  },
  { title: 'No statistics of generation and skills', releases: ['0.24.4'], theirs: /^result\.success\.stats\.(?:generation|skills)\b/ },
  {
    title: 'No goal state',
    releases: ['0.24.4'],
    theirs: /^stream_event(?:\.event\(goal_state\)|\.(?:uuid|type|session_id|parent_tool_use_id)|: )/,
  },
  {
    title: 'An error is an error',
    releases: ['0.15.10'],
    run: 'error',
    ours: /^result\.error_during_execution\b/,
    theirs: /^result\.success\b/,
  },
  { title: 'An error is no answer of the model', releases: BOTH, run: 'error', theirs: /^assistant\b/ },
  { title: 'Statistics of failed runs', releases: ['0.24.4'], run: 'error', ours: /^result\.error_during_execution\.stats\b/ },
  {
    title: 'Capabilities of the later release',
    releases: ['0.15.10'],
    run: 'protocol',
    ours: /\(initialize\)\.capabilities\.can_(?:get_available_models|set_effort|get_usage_info): boolean$/,
  },
  { title: 'No change of a proposed edit', releases: BOTH, run: 'protocol', theirs: /\.permission_suggestions\[modify\]/ },
  {
    title: 'Parts of the context',
    releases: ['0.15.10'],
    run: 'protocol',
    ours: /\(get_context_usage\)\.breakdown\./,
  },
  {
    title: 'An interrupt ends the turn, not the program',
    releases: ['0.15.10'],
    run: 'protocol',
    ours: /^result\.error_during_execution\b|^assistant\.message\.usage\b/,
  },
  {
    title: 'Usage of one prompt',
    releases: ['0.24.4'],
    run: 'protocol',
    theirs: /^result\.error_during_execution\.usage\.total_tokens: number$/,
  },
  { title: 'Own tools, commands and agents', releases: ['0.24.4'], values: /^system\.init\.(?:tools|slash_commands|agents)\[\]$/ },
  { title: 'Results as the model reads them', releases: ['0.24.4'], run: 'work', values: /\[tool_result\]\.content$/ },
  { title: 'Errors name the provider', releases: ['0.24.4'], run: 'error', values: /^result\.error_during_execution\.error\.message$/ },
  { title: 'Refusals of the client are listed too', releases: BOTH, run: 'protocol', ours: /^result\.success\.permission_denials\[\]/ },
];
