/**
 * The command line as data. Pure, and free of imports that cost start-up time: `--version` must answer in under 0.1 s.
 * An invalid command line is a `refused` that names the flag and what is expected.
 */
import type { ParseArgsOptionsConfig } from 'node:util';
import { defined } from '../../../preload/contract/index.ts';
import { type McpArgs, parseMcp } from './args-mcp.ts';
import { parseRun, type RunArgs } from './args-run.ts';
import { parseSessions, type SessionsArgs } from './args-sessions.ts';
import { COMMON_FLAGS, origins, parseFlags, Refusal, refuseIf } from './flags.ts';
import { findSubcommand } from './subcommands.ts';

export type { McpArgs } from './args-mcp.ts';
export type { OutputFormat, RunArgs } from './args-run.ts';

export interface ServeArgs {
  readonly kind: 'serve';
  readonly port?: number;
  readonly hostname?: string;
  readonly token?: string;
  readonly open: boolean;
  readonly trust: boolean;
  /** Trust, never ask and MCP servers are confirmed in the page alone. */
  readonly confirmInPage: boolean;
  readonly trustedEndpoints: readonly string[];
  readonly folder?: string;
  readonly debug: boolean;
}

export type AuthArgs =
  | { readonly kind: 'auth'; readonly action: 'status' }
  | {
      readonly kind: 'auth';
      readonly action: 'set';
      /** Name, id or base URL of a provider; absent: the only one. */
      readonly provider?: string;
      readonly insecureFile: boolean;
    };

export type CommandLine =
  | RunArgs
  | ServeArgs
  | SessionsArgs
  | AuthArgs
  | McpArgs
  | { readonly kind: 'doctor' }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** The installed extensions: none. */
  | { readonly kind: 'extensions' }
  /** `json`: the caller asked for JSON, so the refusal is printed as JSON too. */
  | { readonly kind: 'refused'; readonly message: string; readonly json: boolean };

const SUBCOMMANDS: Readonly<Record<string, (rest: readonly string[]) => CommandLine>> = {
  serve: parseServe,
  sessions: parseSessions,
  mcp: parseMcp,
  auth: parseAuth,
  doctor: (rest) => earlyExit(parseFlags(rest, COMMON_FLAGS).values) ?? { kind: 'doctor' },
};

const SERVE_FLAGS = {
  ...COMMON_FLAGS,
  port: { type: 'string' },
  hostname: { type: 'string' },
  token: { type: 'string' },
  open: { type: 'boolean' },
  trust: { type: 'boolean' },
  'confirm-in-page': { type: 'boolean' },
  'trust-endpoint': { type: 'string', multiple: true },
} as const satisfies ParseArgsOptionsConfig;

/** `argv` without the program's own two entries. Never throws. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const found = findSubcommand(argv, Object.keys(SUBCOMMANDS));
    return (found === undefined ? undefined : SUBCOMMANDS[found.name]?.(found.rest)) ?? parseRun(argv);
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', message: error.message, json: asksForJson(argv) };
    throw error;
  }
}

function parseServe(argv: readonly string[]): CommandLine {
  const { values, positionals } = parseFlags(argv, SERVE_FLAGS);
  const early = earlyExit(values);
  if (early !== undefined) return early;
  refuseIf(values.trust === true && positionals.length === 0, '--trust needs a folder: gantry serve --trust <folder>.');
  refuseIf(positionals.length > 1, `gantry serve takes one folder, got: ${positionals.join(' ')}`);
  return {
    kind: 'serve',
    open: values.open ?? false,
    trust: values.trust ?? false,
    confirmInPage: values['confirm-in-page'] ?? false,
    trustedEndpoints: origins(values['trust-endpoint']),
    debug: values.debug ?? false,
    ...defined({ port: parsePort(values.port), hostname: values.hostname, token: values.token, folder: positionals[0] }),
  };
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  refuseIf(!/^\d+$/.test(text) || port > 65_535, `--port must be a number from 0 to 65535, not "${text}".`);
  return port;
}

function parseAuth(argv: readonly string[]): CommandLine {
  const { values, positionals } = parseFlags(argv, { ...COMMON_FLAGS, 'insecure-file': { type: 'boolean' } });
  const early = earlyExit(values);
  if (early !== undefined) return early;
  const [action = 'status'] = positionals;
  if (action === 'status' && positionals.length < 2) return { kind: 'auth', action };
  refuseIf(
    action !== 'set' || positionals.length > 2,
    'Usage: gantry auth [status], or gantry auth set [provider] [--insecure-file]; the key is read from standard input.',
  );
  return { kind: 'auth', action: 'set', insecureFile: values['insecure-file'] ?? false, ...defined({ provider: positionals[1] }) };
}

function earlyExit(values: { help?: boolean; version?: boolean }): CommandLine | undefined {
  if (values.help === true) return { kind: 'help' };
  return values.version === true ? { kind: 'version' } : undefined;
}

/** Searches the arguments directly, because parsing the command line failed. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (arg, index) => /^(?:--output-format=|-o)json$/.test(arg) || (arg === 'json' && /^(?:--output-format|-o)$/.test(argv[index - 1] ?? '')),
  );
}
