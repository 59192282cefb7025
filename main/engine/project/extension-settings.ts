/** The settings for skills, commands, hooks and subagents. Pure. Source: docs/formats.md 1.5, 7. */
import type { SettingsReading } from '../settings/index.ts';

export interface ExtensionSettings {
  readonly disabledSkills: readonly string[];
  readonly disabledCommands: readonly string[];
  /**
   * By event, as written: the hook's own shell, which has no keys, expands `$VAR`. The operator's hooks come first, the folder's
   * last, and only if the folder is trusted. Empty if all hooks are disabled.
   */
  readonly hooks: Readonly<Record<string, readonly unknown[]>>;
  /** `security.allowPrivateNetworkHooks`; a folder cannot set it. */
  readonly allowsPrivateHooks: boolean;
  /** The depth to which subagents may start others. */
  readonly maxSubagentDepth: number;
  /** The model id for subagents with `model: fast`; absent: the session's. */
  readonly fastModel?: string;
}

/** Source: docs/formats.md 7.5. */
const MAX_SUBAGENT_DEPTH = 5;

export function toExtensionSettings(reading: Pick<SettingsReading, 'all' | 'values' | 'environment' | 'originsOf'>): ExtensionSettings {
  const { all, values, environment } = reading;
  const depth = at(all, 'model', 'maxSubagentDepth');
  const fastModel = at(all, 'fastModel');
  const isOff = values.disableAllHooks === true;
  return {
    disabledSkills: names(at(all, 'skills', 'disabled')),
    disabledCommands: [...names(at(all, 'slashCommands', 'disabled')), ...listed(environment.all['QWEN_DISABLED_SLASH_COMMANDS'])],
    hooks: isOff ? {} : Object.fromEntries(Object.keys(values.hooks ?? {}).map((event) => [event, written(reading, event)])),
    allowsPrivateHooks: at(all, 'security', 'allowPrivateNetworkHooks') === true,
    maxSubagentDepth: typeof depth === 'number' && depth >= 0 ? Math.min(MAX_SUBAGENT_DEPTH, Math.floor(depth)) : MAX_SUBAGENT_DEPTH,
    ...(typeof fastModel === 'string' && fastModel.trim() !== '' ? { fastModel: fastModel.trim() } : {}),
  };
}

/** The file with the highest precedence is reported first. */
function written({ originsOf }: Pick<SettingsReading, 'originsOf'>, event: string): readonly unknown[] {
  return originsOf(['hooks', event])
    .toReversed()
    .flatMap((origin) => (Array.isArray(origin.written) ? [...origin.written] : [origin.written]));
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isRecord(found) ? found[key] : undefined), value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listed(text = ''): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}
