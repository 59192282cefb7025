/** The flags of a run that correspond to settings: one more layer, above all files. Pure. */
import { choice, list, type parseFlags, Refusal, refuseIf } from './flags.ts';
import type { RUN_FLAGS } from './flag-table.ts';
import { defined } from '../../../preload/contract/index.ts';

/** The values of `--auth-type`. Source: docs/formats.md 1.3. */
const AUTH_TYPES = ['openai', 'openai-responses', 'anthropic', 'gemini', 'vertex-ai'] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

/** The caller of the program. Programs written for Qwen Code pass it; nothing here depends on it. Source: docs/formats.md 3.1. */
const CHANNELS = ['VSCode', 'ACP', 'SDK', 'CI', 'desktop', 'daemon'] as const;

/** Flags without a value mean true; `--no-...` and `=false` mean false. */
export const SWITCHES: readonly string[] = ['openai-logging', 'chat-recording'];

type Values = ReturnType<typeof parseFlags<typeof RUN_FLAGS>>['values'];

/** Has the shape of settings.json and holds only what flags set. Throws `Refusal`. */
export type FlagSettings = Readonly<Record<string, Readonly<Record<string, unknown>> | string>>;

export function parseSettingsFlags(values: Values): { readonly authType?: AuthType; readonly settings: FlagSettings } {
  const authType = parseAuthType(values['auth-type']);
  choice('--channel', values.channel, CHANNELS);
  const logsTo = values['openai-logging-dir'];
  const settings = {
    security: members({ auth: members({ selectedType: authType }) }),
    model: members({
      maxWallTimeSeconds: parseDuration('--max-wall-time', values['max-wall-time']),
      maxSubagentDepth: parseDepth(values['max-subagent-depth']),
      enableOpenAILogging: parseSwitch('--openai-logging', values['openai-logging']) ?? (logsTo === undefined ? undefined : true),
      openAILoggingDir: logsTo,
    }),
    general: members({ chatRecording: parseSwitch('--chat-recording', values['chat-recording']) }),
    tools: members({ core: listed(values['core-tools']), exclude: listed(values['exclude-tools']) }),
    slashCommands: members({ disabled: listed(values['disabled-slash-commands'])?.map((name) => name.replace(/^\//, '')) }),
    mcp: members({ allowed: listed(values['allowed-mcp-server-names']) }),
    proxy: parseProxy(values.proxy),
  };
  return { ...defined({ authType }), settings: members(settings) ?? {} };
}

function parseAuthType(value: string | undefined): AuthType | undefined {
  refuseIf(
    value === 'qwen-oauth',
    "--auth-type qwen-oauth cannot be used: Qwen's free sign-in was ended on 15 April 2026. Use a key with --auth-type openai. Nothing was sent.",
  );
  return choice('--auth-type', value, AUTH_TYPES);
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds, or with a unit: `90`, `90s`, `5m`, `1.5h`. -1: no limit. */
function parseDuration(flag: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '-1') return value === undefined ? undefined : -1;
  const [, digits = '', unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(value) ?? [];
  const seconds = Number(digits) * (SECONDS[unit] ?? 1);
  refuseIf(digits === '' || seconds <= 0, `${flag} must be a time such as 90s, 5m or 1h, not "${value}".`);
  return seconds;
}

function parseDepth(value: string | undefined): number | undefined {
  refuseIf(value !== undefined && !/^\d{1,3}$/.test(value), `--max-subagent-depth must be a whole number, not "${value ?? ''}".`);
  return value === undefined ? undefined : Number(value);
}

function parseSwitch(flag: string, value: string | undefined): boolean | undefined {
  const chosen = choice(flag, value, ['true', 'false']);
  return chosen === undefined ? undefined : chosen === 'true';
}

/** The message does not repeat the value: it may hold a password. */
function parseProxy(value: string | undefined): string | undefined {
  if (value === undefined || /^https?:$/.test(URL.parse(value)?.protocol ?? '')) return value;
  throw new Refusal('--proxy needs an address that begins with http:// or https://, such as http://proxy.example.com:8080.');
}

function listed(values: readonly string[] | undefined): readonly string[] | undefined {
  return values === undefined ? undefined : list(values);
}

/** Removes undefined members; returns undefined when none is left. */
function members<T>(values: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> | undefined {
  const said = Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
