/** The command line of `gantry sessions`. Pure; a mistake is a thrown `Refusal`. */
import type { ParseArgsOptionsConfig } from 'node:util';
import { defined } from '../../../preload/contract/index.ts';
import { choice, COMMON_FLAGS, limit, parseFlags, Refusal, refuseIf } from './flags.ts';

const FORMATS = ['markdown', 'html', 'json', 'jsonl'] as const;

/** `session` is an id, the beginning of one, or a title. */
export type SessionsArgs = { readonly kind: 'sessions'; readonly json: boolean } & (
  | { readonly action: 'list'; readonly archived: boolean; readonly limit?: number }
  | { readonly action: 'search'; readonly query: string; readonly everywhere: boolean; readonly limit?: number }
  | { readonly action: 'export'; readonly session: string; readonly format: (typeof FORMATS)[number]; readonly output?: string }
  | { readonly action: 'archive' | 'unarchive' | 'delete' | 'restore' | 'inspect'; readonly session: string }
);

const USAGE = {
  list: 'gantry sessions list [--archived] [--limit N] [--json]',
  search: 'gantry sessions search <text> [--all] [--limit N] [--json]',
  export: `gantry sessions export <session> [--format ${FORMATS.join('|')}] [--output file]`,
  archive: 'gantry sessions archive <session> [--json]',
  unarchive: 'gantry sessions unarchive <session> [--json]',
  delete: 'gantry sessions delete <session> [--json]',
  restore: 'gantry sessions restore <session> [--json]',
  inspect: 'gantry sessions inspect <session> [--json]',
} as const;
type Action = keyof typeof USAGE;

const FLAGS = {
  ...COMMON_FLAGS,
  json: { type: 'boolean' },
  all: { type: 'boolean' },
  archived: { type: 'boolean' },
  limit: { type: 'string' },
  format: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
} as const satisfies ParseArgsOptionsConfig;

/** The flags of each action, besides those of every command. */
const FLAGS_OF: Readonly<Record<Action, readonly string[]>> = {
  list: ['json', 'limit', 'archived'],
  search: ['json', 'limit', 'all'],
  export: ['format', 'output'],
  archive: ['json'],
  unarchive: ['json'],
  delete: ['json'],
  restore: ['json'],
  inspect: ['json'],
};

export function parseSessions(argv: readonly string[]): SessionsArgs | { readonly kind: 'help' | 'version' } {
  const { values, positionals } = parseFlags(argv, FLAGS);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [name, ...rest] = positionals;
  const action = actionOf(name);
  for (const flag of Object.keys(values))
    refuseIf(!FLAGS_OF[action].includes(flag) && flag !== 'debug', `--${flag} cannot be used here. Usage: ${USAGE[action]}`);
  const common = { kind: 'sessions', json: values.json ?? false } as const;
  const [first = ''] = rest;
  refuseIf(action === 'list' ? rest.length > 0 : first === '' || (rest.length > 1 && action !== 'search'), `Usage: ${USAGE[action]}`);
  const wanted = limit('--limit', values.limit);
  refuseIf(wanted === 0, '--limit must be at least 1.');
  switch (action) {
    case 'list':
      return { ...common, action, archived: values.archived ?? false, ...defined({ limit: wanted }) };
    case 'search':
      return { ...common, action, query: rest.join(' '), everywhere: values.all ?? false, ...defined({ limit: wanted }) };
    case 'export': {
      const format = choice('--format', values.format, FORMATS) ?? formatOf(values.output) ?? 'markdown';
      return { ...common, action, session: first, format, ...defined({ output: values.output }) };
    }
    case 'archive':
    case 'unarchive':
    case 'delete':
    case 'restore':
    case 'inspect':
      return { ...common, action, session: first };
    default:
      return action satisfies never;
  }
}

function actionOf(name: string | undefined): Action {
  const found = Object.keys(USAGE).find((action): action is Action => action === name);
  if (found === undefined) throw new Refusal(`Usage: ${Object.values(USAGE).join('\n       ')}`);
  return found;
}

/** Without a flag the file extension determines the format. */
function formatOf(output: string | undefined): (typeof FORMATS)[number] | undefined {
  const ending = /\.([a-z]+)$/i.exec(output ?? '')?.[1]?.toLowerCase();
  if (ending === 'htm') return 'html';
  return FORMATS.find((format) => format === ending);
}
