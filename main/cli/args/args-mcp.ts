/** The flags of `gantry mcp list|add|remove|auth`. Pure. Source of names and meanings: docs/formats.md 1.5, 7.6. */
import type { ParseArgsOptionDescriptor, ParseArgsOptionsConfig } from 'node:util';
import { choice, COMMON_FLAGS, limit, list, parseFlags, Refusal, refuseIf } from './flags.ts';
import { defined } from '../../../preload/contract/index.ts';

const SCOPES = ['user', 'project'] as const;
export type McpScope = (typeof SCOPES)[number];
const TRANSPORTS = ['stdio', 'sse', 'http'] as const;
export type McpTransport = (typeof TRANSPORTS)[number];

/** `server`: the value of `mcpServers.<name>`, as it is written. */
export type McpArgs =
  | { readonly kind: 'mcp'; readonly action: 'list'; readonly json: boolean; readonly status: boolean }
  | {
      readonly kind: 'mcp';
      readonly action: 'add';
      readonly name: string;
      readonly scope: McpScope;
      readonly server: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'mcp'; readonly action: 'remove'; readonly name: string; readonly scope: McpScope }
  | { readonly kind: 'mcp'; readonly action: 'auth'; readonly name: string; readonly signOut: boolean };

const ACTIONS = ['list', 'add', 'remove', 'auth'] as const;

const ADD_FLAGS = {
  ...COMMON_FLAGS,
  scope: { type: 'string', short: 's' },
  transport: { type: 'string', short: 't' },
  env: { type: 'string', short: 'e', multiple: true },
  header: { type: 'string', short: 'H', multiple: true },
  timeout: { type: 'string' },
  trust: { type: 'boolean' },
  description: { type: 'string' },
  'include-tools': { type: 'string', multiple: true },
  'exclude-tools': { type: 'string', multiple: true },
} as const satisfies ParseArgsOptionsConfig;

const USAGE = {
  list: 'Usage: gantry mcp list [--status] [--json]',
  add: 'Usage: gantry mcp add [--scope user|project] [--transport stdio|sse|http] [options] <name> <command or address> [arguments...]',
  remove: 'Usage: gantry mcp remove [--scope user|project] <name>',
  auth: 'Usage: gantry mcp auth [--sign-out] <name>',
} as const;

/** Throws `Refusal`. */
export function parseMcp(argv: readonly string[]): McpArgs | { readonly kind: 'help' | 'version' } {
  const at = argv.findIndex((arg) => !arg.startsWith('-')); // options of every command may come first
  const action = argv[at];
  const rest = at < 0 ? argv : argv.toSpliced(at, 1);
  if (action === undefined && rest.some((arg) => arg === '-h' || arg === '--help')) return { kind: 'help' };
  if (action === undefined) throw new Refusal(`gantry mcp needs one of ${ACTIONS.join(', ')}.`);
  switch (choice('gantry mcp', action, ACTIONS)) {
    case 'add':
      return parseAdd(rest);
    case 'remove':
      return parseRemove(rest);
    case 'auth':
      return parseAuth(rest);
    default:
      return parseList(rest);
  }
}

function parseList(argv: readonly string[]): ReturnType<typeof parseMcp> {
  const { values, positionals } = parseFlags(argv, { ...COMMON_FLAGS, json: { type: 'boolean' }, status: { type: 'boolean' } });
  if (values.help === true) return { kind: 'help' };
  refuseIf(positionals.length > 0, USAGE.list);
  return { kind: 'mcp', action: 'list', json: values.json ?? false, status: values.status ?? false };
}

function parseRemove(argv: readonly string[]): ReturnType<typeof parseMcp> {
  const { values, positionals } = parseFlags(argv, { ...COMMON_FLAGS, scope: { type: 'string', short: 's' } });
  if (values.help === true) return { kind: 'help' };
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Refusal(USAGE.remove);
  return { kind: 'mcp', action: 'remove', name, scope: choice('--scope', values.scope, SCOPES) ?? 'user' };
}

function parseAuth(argv: readonly string[]): ReturnType<typeof parseMcp> {
  const { values, positionals } = parseFlags(argv, { ...COMMON_FLAGS, 'sign-out': { type: 'boolean' } });
  if (values.help === true) return { kind: 'help' };
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Refusal(USAGE.auth);
  return { kind: 'mcp', action: 'auth', name, signOut: values['sign-out'] ?? false };
}

function parseAdd(argv: readonly string[]): ReturnType<typeof parseMcp> {
  const { own, command } = splitCommand(argv);
  const { values, positionals } = parseFlags(own, ADD_FLAGS);
  if (values.help === true) return { kind: 'help' };
  const [name, target, ...args] = [...positionals, ...command];
  if (name === undefined || target === undefined) throw new Refusal(USAGE.add);
  refuseIf(!/^[A-Za-z0-9_.-]{1,64}$/.test(name), `The name of a server may contain letters, digits, dots, - and _, not "${name}".`);
  const timeout = limit('--timeout', values.timeout);
  const common = {
    ...defined({ timeout }),
    ...(values.trust === true ? { trust: true } : {}),
    ...defined({ description: values.description }),
    ...(values['include-tools'] === undefined ? {} : { includeTools: list(values['include-tools']) }),
    ...(values['exclude-tools'] === undefined ? {} : { excludeTools: list(values['exclude-tools']) }),
  };
  const isAddress = /^https?:\/\//i.test(target);
  const transport = choice('--transport', values.transport, TRANSPORTS) ?? (isAddress ? 'http' : 'stdio');
  const server = transport === 'stdio' ? stdioServer(target, args, values) : remoteServer(target, args, transport, values);
  return { kind: 'mcp', action: 'add', name, scope: choice('--scope', values.scope, SCOPES) ?? 'user', server: { ...server, ...common } };
}

/**
 * Options of this program count anywhere; what it does not know after the command, and everything after `--`, belongs to the server:
 * `gantry mcp add files npx -y server --root . --scope project`.
 */
function splitCommand(argv: readonly string[]): { own: readonly string[]; command: readonly string[] } {
  const own: string[] = [];
  const command: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const arg = argv[at] ?? '';
    if (arg === '--') {
      command.push(...argv.slice(at + 1));
      break;
    }
    const flag = addFlagOf(arg, command.length >= 2);
    if (flag === 'unknown') own.push(arg);
    else if (flag === undefined) command.push(arg);
    else {
      own.push(arg);
      const value = argv[at + 1];
      if (flag.type === 'string' && !arg.includes('=') && value !== undefined) {
        own.push(value);
        at += 1;
      }
    }
  }
  return { own, command };
}

/** Undefined: a word of the server's. `unknown`: a mistake, or letters in one word, before the command. */
function addFlagOf(arg: string, isAfterCommand: boolean): ParseArgsOptionDescriptor | 'unknown' | undefined {
  if (!arg.startsWith('-') || arg === '-') return undefined;
  const [name = ''] = arg.split('=', 1);
  const flags: readonly (readonly [string, ParseArgsOptionDescriptor])[] = Object.entries(ADD_FLAGS);
  const found = flags.find(([long, { short }]) => name === `--${long}` || (short !== undefined && arg === `-${short}`));
  if (isAfterCommand) return found !== undefined && !Object.hasOwn(COMMON_FLAGS, found[0]) ? found[1] : undefined;
  return found?.[1] ?? 'unknown';
}

type AddValues = ReturnType<typeof parseFlags<typeof ADD_FLAGS>>['values'];

function stdioServer(command: string, args: readonly string[], values: AddValues): Record<string, unknown> {
  refuseIf(values.header !== undefined, '--header is for an address; a command gets its settings by --env.');
  const env = pairs('--env', values.env, '=');
  return { command, ...(args.length === 0 ? {} : { args }), ...defined({ env }) };
}

function remoteServer(address: string, args: readonly string[], transport: 'sse' | 'http', values: AddValues): Record<string, unknown> {
  refuseIf(
    !/^https?:$/.test(URL.parse(address)?.protocol ?? ''),
    `--transport ${transport} needs an address (http or https), not "${address}".`,
  );
  refuseIf(args.length > 0, `An address takes no arguments, got: ${args.join(' ')}`);
  refuseIf(values.env !== undefined, '--env is for a command; an address gets its settings by --header.');
  const headers = pairs('--header', values.header, ':');
  return { [transport === 'sse' ? 'url' : 'httpUrl']: address, ...defined({ headers }) };
}

function pairs(flag: string, values: readonly string[] | undefined, separator: '=' | ':'): Record<string, string> | undefined {
  if (values === undefined) return undefined;
  return Object.fromEntries(
    values.map((value) => {
      const at = value.indexOf(separator);
      refuseIf(at < 1, `${flag} needs a name and a value, as in ${separator === '=' ? 'KEY=value' : '"Name: value"'}, not "${value}".`);
      return [value.slice(0, at).trim(), separator === '=' ? value.slice(at + 1) : value.slice(at + 1).trim()];
    }),
  );
}
