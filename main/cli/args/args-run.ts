/** The flags of a run: `gantry [options] [prompt]`. Pure. */
import { defined } from '../../../preload/contract/index.ts';
import { type AuthType, type FlagSettings, parseSettingsFlags, SWITCHES } from './args-settings.ts';
import { choice, limit, list, origins, parseFlags, Refusal, refuseIf } from './flags.ts';
import { RUN_FLAGS } from './flag-table.ts';
import { describeIgnored, IGNORED_SWITCHES } from './ignored-flags.ts';

export const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const INPUT_FORMATS = ['text', 'stream-json'] as const;
const APPROVAL_MODES = ['plan', 'default', 'auto-edit', 'auto', 'yolo'] as const;
const BACKGROUND_CHOICES = ['wait', 'stop'] as const;

export interface RunArgs {
  readonly kind: 'run';
  /** An editor gives the prompts, over ACP. */
  readonly acp?: true;
  /** Absent: standard input is the prompt. */
  readonly prompt?: string;
  readonly inputFormat: (typeof INPUT_FORMATS)[number];
  /** Absent: the value of the settings, else text. */
  readonly outputFormat: OutputFormat | undefined;
  readonly includePartialMessages: boolean;
  readonly model?: string;
  readonly approvalMode?: Exclude<(typeof APPROVAL_MODES)[number], 'auto'>;
  readonly allowedTools: readonly string[];
  /** Absent: no limit. */
  readonly maxSessionTurns?: number;
  readonly maxToolCalls?: number;
  readonly systemPrompt?: string;
  readonly appendSystemPrompt?: string;
  readonly session:
    | { readonly kind: 'new'; readonly id?: string }
    | { readonly kind: 'continue' }
    /** An id, the beginning of one, or a title; empty: no session was named. */
    | { readonly kind: 'resume'; readonly id: string };
  /** The resumed session is not changed; `forkId` is the id of the copy, if given. */
  readonly fork: boolean;
  readonly forkId?: string;
  readonly trust: boolean;
  readonly trustedEndpoints: readonly string[];
  readonly includeDirectories: readonly string[];
  /** Puts the text of every file of the folder before the prompt. */
  readonly allFiles: boolean;
  readonly background: (typeof BACKGROUND_CHOICES)[number];
  /** The protocol of `--auth-type`. */
  readonly authType?: AuthType;
  /** Override the environment's key and address of that protocol; without a protocol, OPENAI_API_KEY and OPENAI_BASE_URL. */
  readonly openaiApiKey?: string;
  readonly openaiBaseUrl?: string;
  /** Settings from flags, which override settings.json. */
  readonly settings: FlagSettings;
  /** Files, or JSON, with MCP servers for this run. */
  readonly mcpConfigs: readonly string[];
  /** The schema of the answer, as JSON or as `@` and a file name. */
  readonly jsonSchema?: string;
  readonly debug: boolean;
  /** One line for each given flag that has no effect. */
  readonly notes: readonly string[];
}

type Values = ReturnType<typeof parseFlags<typeof RUN_FLAGS>>['values'];

/** Throws `Refusal`. */
export function parseRun(argv: readonly string[]): RunArgs | { readonly kind: 'help' | 'version' | 'extensions' } {
  const { values, positionals } = parseFlags(withOptionalValues(argv), RUN_FLAGS);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  if (values['list-extensions'] === true) return { kind: 'extensions' };
  const formats = parseFormats(values);
  const positional = positionals.join(' ');
  refuseIf(positional !== '' && values.prompt !== undefined, 'Give the prompt once: with --prompt or as an argument, not both.');
  const allFiles = values['all-files'] ?? false;
  refuseIf(
    allFiles && formats.inputFormat === 'stream-json',
    '--all-files goes before one prompt, so not with --input-format stream-json.',
  );
  refuseIf(
    values['json-schema'] !== undefined && formats.inputFormat === 'stream-json',
    '--json-schema is about the answer to one prompt, so not with --input-format stream-json.',
  );
  return {
    kind: 'run',
    ...((values.acp ?? values['experimental-acp']) === true ? { acp: true } : {}),
    ...formats,
    ...parseSession(values),
    ...parseSettingsFlags(values),
    mcpConfigs: values['mcp-config'] ?? [],
    allowedTools: list(values['allowed-tools']),
    trust: values.trust ?? false,
    trustedEndpoints: origins(values['trust-endpoint']),
    includeDirectories: list([...(values['include-directories'] ?? []), ...(values['add-dir'] ?? [])]),
    allFiles,
    background: choice('--background', values.background, BACKGROUND_CHOICES) ?? 'stop',
    debug: values.debug ?? false,
    notes: [...(values['approval-mode'] === 'auto' ? [AUTO_NOTE] : []), ...describeIgnored(values)],
    ...defined({
      prompt: values.prompt ?? (positional === '' ? undefined : positional),
      model: values.model,
      approvalMode: parseApprovalMode(values['approval-mode'], values.yolo ?? false),
      maxSessionTurns: limit('--max-session-turns', values['max-session-turns']),
      maxToolCalls: limit('--max-tool-calls', values['max-tool-calls']),
      systemPrompt: values['system-prompt'],
      appendSystemPrompt: values['append-system-prompt'],
      jsonSchema: values['json-schema'],
      openaiApiKey: values['openai-api-key'],
      openaiBaseUrl: parseBaseUrl(values['openai-base-url']),
    }),
  };
}

/**
 * `cat file | gantry -p`: a bare -p at the end means that standard input is the prompt. `--resume` needs no value, which
 * then names no session; switches need no value either.
 */
function withOptionalValues(argv: readonly string[]): string[] {
  const bare = argv.at(-1) === '-p' || argv.at(-1) === '--prompt';
  const end = argv.indexOf('--');
  return (bare ? argv.slice(0, -1) : argv).map((arg, index, all) => {
    if (end !== -1 && index >= end) return arg;
    const next = all[index + 1];
    if (arg === '-r' || arg === '--resume') return next === undefined || next.startsWith('-') ? '--resume=' : arg;
    const name = [...SWITCHES, ...IGNORED_SWITCHES].find((known) => arg === `--${known}` || arg === `--no-${known}`);
    if (name === undefined) return arg;
    if (arg.startsWith('--no-')) return `--${name}=false`;
    return next === 'true' || next === 'false' ? arg : `--${name}=true`;
  });
}

function parseFormats(values: Values): Pick<RunArgs, 'inputFormat' | 'outputFormat' | 'includePartialMessages'> {
  const outputFormat = choice('--output-format', values['output-format'], OUTPUT_FORMATS);
  const inputFormat = choice('--input-format', values['input-format'], INPUT_FORMATS) ?? 'text';
  const includePartialMessages = values['include-partial-messages'] ?? false;
  const needs = (flag: string) => `${flag} needs --output-format stream-json.`;
  refuseIf(inputFormat === 'stream-json' && outputFormat !== 'stream-json', needs('--input-format stream-json'));
  refuseIf(includePartialMessages && outputFormat !== 'stream-json', needs('--include-partial-messages'));
  return { inputFormat, outputFormat, includePartialMessages };
}

function parseSession(values: Values): Pick<RunArgs, 'session' | 'fork' | 'forkId'> {
  const { resume, 'session-id': id, 'fork-session': fork = false } = values;
  refuseIf(
    id !== undefined && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id),
    `--session-id must be a UUID, not "${id ?? ''}".`,
  );
  refuseIf(values.continue === true && resume !== undefined, 'Give only one of --continue and --resume.');
  const isOld = values.continue === true || resume !== undefined;
  refuseIf(fork && !isOld, '--fork-session needs the session to start from: --resume or --continue.');
  refuseIf(
    isOld && !fork && id !== undefined,
    '--session-id names a new session; with --continue or --resume it also needs --fork-session.',
  );
  const forkId = fork && id !== undefined ? { forkId: id } : {};
  if (values.continue === true) return { session: { kind: 'continue' }, fork, ...forkId };
  if (resume !== undefined) return { session: { kind: 'resume', id: resume }, fork, ...forkId };
  return { session: { kind: 'new', ...defined({ id }) }, fork };
}

function parseApprovalMode(mode: string | undefined, yolo: boolean): RunArgs['approvalMode'] {
  refuseIf(yolo && mode !== undefined, 'Give --yolo or --approval-mode, not both; --approval-mode yolo is the same as --yolo.');
  const chosen = yolo ? 'yolo' : choice('--approval-mode', mode, APPROVAL_MODES);
  return chosen === 'auto' ? 'auto-edit' : chosen;
}

/** In Qwen Code a model judges each call. */
const AUTO_NOTE =
  '--approval-mode auto runs as auto-edit: edits in the workspace and commands that only read run by themselves, and no model judges the others.';

function parseBaseUrl(value: string | undefined): string | undefined {
  if (value === undefined || /^https?:$/.test(URL.parse(value)?.protocol ?? '')) return value;
  throw new Refusal(`--openai-base-url needs an address such as https://api.example.com/v1, not "${value}".`);
}
