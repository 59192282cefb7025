/**
 * The command line as data. Pure, and free of imports that cost start-up time: `--version` must answer in under 0.1 s.
 * What cannot be understood is a `refused` that names the flag and says what is expected.
 */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

export const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const APPROVAL_MODES = ['plan', 'default', 'auto-edit', 'yolo'] as const;
const BACKGROUND_CHOICES = ['wait', 'stop'] as const;

export interface RunArgs {
  readonly kind: 'run';
  /** Absent: standard input is the prompt. */
  readonly prompt?: string;
  readonly outputFormat: OutputFormat;
  readonly includePartialMessages: boolean;
  readonly model?: string;
  readonly approvalMode?: (typeof APPROVAL_MODES)[number];
  readonly allowedTools: readonly string[];
  /** Absent: no limit. */
  readonly maxSessionTurns?: number;
  readonly maxToolCalls?: number;
  readonly systemPrompt?: string;
  readonly appendSystemPrompt?: string;
  readonly session:
    | { readonly kind: 'new'; readonly id?: string }
    | { readonly kind: 'continue' }
    | { readonly kind: 'resume'; readonly id: string };
  readonly trust: boolean;
  readonly trustedEndpoints: readonly string[];
  readonly includeDirectories: readonly string[];
  readonly background: (typeof BACKGROUND_CHOICES)[number];
  /** Stand over the environment's OPENAI_API_KEY and OPENAI_BASE_URL. */
  readonly openaiApiKey?: string;
  readonly openaiBaseUrl?: string;
  readonly debug: boolean;
}

export interface ServeArgs {
  readonly kind: 'serve';
  readonly port?: number;
  readonly hostname?: string;
  readonly token?: string;
  readonly open: boolean;
  readonly trust: boolean;
  readonly trustedEndpoints: readonly string[];
  readonly folder?: string;
  readonly debug: boolean;
}

export interface SessionsArgs {
  readonly kind: 'sessions';
  readonly json: boolean;
}

export interface AuthArgs {
  readonly kind: 'auth';
  /** Name, id or base URL of a provider; absent: the only one. */
  readonly provider?: string;
  readonly insecureFile: boolean;
}

export type CommandLine =
  | RunArgs
  | ServeArgs
  | SessionsArgs
  | AuthArgs
  | { readonly kind: 'doctor' }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** `json`: the caller asked for JSON, so the refusal is told as JSON too. */
  | { readonly kind: 'refused'; readonly message: string; readonly json: boolean };

class Refusal extends Error {}

const COMMON = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  debug: { type: 'boolean', short: 'd' },
} as const satisfies ParseArgsOptionsConfig;

const RUN_OPTIONS = {
  ...COMMON,
  prompt: { type: 'string', short: 'p' },
  'output-format': { type: 'string', short: 'o' },
  'input-format': { type: 'string' },
  'include-partial-messages': { type: 'boolean' },
  model: { type: 'string', short: 'm' },
  'approval-mode': { type: 'string' },
  yolo: { type: 'boolean', short: 'y' },
  'allowed-tools': { type: 'string', multiple: true },
  'max-session-turns': { type: 'string' },
  'max-tool-calls': { type: 'string' },
  'system-prompt': { type: 'string' },
  'append-system-prompt': { type: 'string' },
  continue: { type: 'boolean', short: 'c' },
  resume: { type: 'string', short: 'r' },
  'session-id': { type: 'string' },
  trust: { type: 'boolean' },
  'trust-endpoint': { type: 'string', multiple: true },
  'include-directories': { type: 'string', multiple: true },
  'add-dir': { type: 'string', multiple: true },
  background: { type: 'string' },
  'openai-api-key': { type: 'string' },
  'openai-base-url': { type: 'string' },
  'auth-type': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

const SERVE_OPTIONS = {
  ...COMMON,
  port: { type: 'string' },
  hostname: { type: 'string' },
  token: { type: 'string' },
  open: { type: 'boolean' },
  trust: { type: 'boolean' },
  'trust-endpoint': { type: 'string', multiple: true },
} as const satisfies ParseArgsOptionsConfig;

/** `argv` without the program's own two entries. Never throws. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    return parseSubcommand(argv[0], argv.slice(1)) ?? parseRun(argv);
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', message: error.message, json: asksForJson(argv) };
    throw error;
  }
}

function parseSubcommand(name: string | undefined, rest: readonly string[]): CommandLine | undefined {
  switch (name) {
    case 'serve':
      return parseServe(rest);
    case 'sessions':
      return parseSessions(rest);
    case 'doctor':
      return earlyExit(parse(rest, COMMON).values) ?? { kind: 'doctor' };
    case 'auth':
      return parseAuth(rest);
    default:
      return undefined;
  }
}

function parseRun(argv: readonly string[]): CommandLine {
  // `cat file | gantry -p` is common: a bare -p at the end means that standard input is the prompt.
  const bare = argv.at(-1) === '-p' || argv.at(-1) === '--prompt';
  const { values, positionals } = parse(bare ? argv.slice(0, -1) : argv, RUN_OPTIONS);
  const early = earlyExit(values);
  if (early !== undefined) return early;
  const outputFormat = choice('--output-format', values['output-format'], OUTPUT_FORMATS) ?? 'text';
  const inputFormat = choice('--input-format', values['input-format'], ['text', 'stream-json'] as const) ?? 'text';
  refuseIf(inputFormat === 'stream-json', '--input-format stream-json is not supported by this version. Send the prompt as text.');
  refuseIf(
    values['include-partial-messages'] === true && outputFormat !== 'stream-json',
    '--include-partial-messages needs --output-format stream-json.',
  );
  const authType = values['auth-type'];
  refuseIf(authType !== undefined && authType !== 'openai', `--auth-type ${authType} is not supported by this version. It knows: openai.`);
  const positional = positionals.join(' ');
  refuseIf(positional !== '' && values.prompt !== undefined, 'Give the prompt once: with --prompt or as an argument, not both.');
  const prompt = values.prompt ?? (positional === '' ? undefined : positional);
  return {
    kind: 'run',
    outputFormat,
    includePartialMessages: values['include-partial-messages'] ?? false,
    session: parseSession(values),
    allowedTools: list(values['allowed-tools']),
    trust: values.trust ?? false,
    trustedEndpoints: origins(values['trust-endpoint']),
    includeDirectories: list([...(values['include-directories'] ?? []), ...(values['add-dir'] ?? [])]),
    background: choice('--background', values.background, BACKGROUND_CHOICES) ?? 'stop',
    debug: values.debug ?? false,
    ...defined({
      prompt,
      model: values.model,
      approvalMode: parseApprovalMode(values['approval-mode'], values.yolo ?? false),
      maxSessionTurns: limit('--max-session-turns', values['max-session-turns']),
      maxToolCalls: limit('--max-tool-calls', values['max-tool-calls']),
      systemPrompt: values['system-prompt'],
      appendSystemPrompt: values['append-system-prompt'],
      openaiApiKey: values['openai-api-key'],
      openaiBaseUrl: values['openai-base-url'],
    }),
  };
}

function parseSession(values: { continue?: boolean; resume?: string; 'session-id'?: string }): RunArgs['session'] {
  const { resume, 'session-id': id } = values;
  const given = [values.continue === true, resume !== undefined, id !== undefined].filter(Boolean).length;
  refuseIf(given > 1, 'Give only one of --continue, --resume and --session-id.');
  if (values.continue === true) return { kind: 'continue' };
  if (resume !== undefined) return { kind: 'resume', id: resume };
  if (id === undefined) return { kind: 'new' };
  refuseIf(!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id), `--session-id must be a UUID, not "${id}".`);
  return { kind: 'new', id };
}

function parseApprovalMode(mode: string | undefined, yolo: boolean): RunArgs['approvalMode'] {
  refuseIf(yolo && mode !== undefined, 'Give --yolo or --approval-mode, not both; --approval-mode yolo is the same as --yolo.');
  return yolo ? 'yolo' : choice('--approval-mode', mode, APPROVAL_MODES);
}

function parseServe(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv, SERVE_OPTIONS);
  const early = earlyExit(values);
  if (early !== undefined) return early;
  refuseIf(values.trust === true && positionals.length === 0, '--trust needs the folder it is for.');
  refuseIf(positionals.length > 1, `gantry serve takes one folder, got: ${positionals.join(' ')}`);
  return {
    kind: 'serve',
    open: values.open ?? false,
    trust: values.trust ?? false,
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

function parseSessions(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv, { ...COMMON, json: { type: 'boolean' } });
  const early = earlyExit(values);
  if (early !== undefined) return early;
  refuseIf(positionals.length !== 1 || positionals[0] !== 'list', 'Usage: gantry sessions list [--json]');
  return { kind: 'sessions', json: values.json ?? false };
}

function parseAuth(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv, { ...COMMON, 'insecure-file': { type: 'boolean' } });
  const early = earlyExit(values);
  if (early !== undefined) return early;
  refuseIf(
    positionals[0] !== 'set' || positionals.length > 2,
    'Usage: gantry auth set [provider] [--insecure-file]; the key is read from standard input.',
  );
  return { kind: 'auth', insecureFile: values['insecure-file'] ?? false, ...defined({ provider: positionals[1] }) };
}

function parse<O extends ParseArgsOptionsConfig>(argv: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Refusal(describeParseFault(error));
  }
}

/** Node's own sentences go on about `--`; the flag and the way to the list are enough. */
function describeParseFault(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const flag = /'([^']+)'/.exec(message)?.[1];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && flag !== undefined) return `Unknown option: ${flag}. gantry --help lists them.`;
  return message.split('\n')[0] ?? message;
}

function earlyExit(values: { help?: boolean; version?: boolean }): CommandLine | undefined {
  if (values.help === true) return { kind: 'help' };
  return values.version === true ? { kind: 'version' } : undefined;
}

function choice<const C extends string>(flag: string, value: string | undefined, choices: readonly C[]): C | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined) throw new Refusal(`${flag} must be one of ${choices.join(', ')}, not "${value}".`);
  return found;
}

/** -1 means no limit, as for Qwen Code. */
function limit(flag: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '-1') return undefined;
  refuseIf(!/^\d{1,9}$/.test(value), `${flag} must be a whole number, or -1 for no limit, not "${value}".`);
  return Number(value);
}

function list(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap(splitOutsideParentheses).filter((entry) => entry !== '');
}

/** Rules such as `Bash(git log, -n 1)` hold commas of their own. */
function splitOutsideParentheses(text: string): string[] {
  return (text.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).map((part) => part.trim());
}

function origins(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).map((value) => {
    const url = URL.parse(value);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new Refusal(`--trust-endpoint needs an address such as https://api.example.com, not "${value}".`);
    return url.origin;
  });
}

/** Read by hand: the command line as a whole could not be parsed. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (arg, index) => /^(?:--output-format=|-o)json$/.test(arg) || (arg === 'json' && /^(?:--output-format|-o)$/.test(argv[index - 1] ?? '')),
  );
}

function refuseIf(condition: boolean, message: string): void {
  if (condition) throw new Refusal(message);
}

/** Leaves out what is undefined, so that absent stays absent. */
function defined<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Removing undefined members is what the type says.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
