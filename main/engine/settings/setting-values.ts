/**
 * What `gantry doctor` and the settings screen show about each setting: its value, its source, and the overridden sources. Pure.
 */
import type { SettingValue, ValueOrigin as ShownOrigin } from '../../../preload/contract/index.ts';
import { addsUp } from './merge-settings.ts';
import type { SettingsReading, ValueOrigin } from './settings-api.ts';

/**
 * A key that this program reads. Shape: `shows` defines how much of the value may be shown; `names` shows only the names of
 * members. `variablesFirst` and `variablesLast` are environment variables for the same setting, above or below the files.
 */
export interface ReadKey {
  readonly key: string;
  readonly shows?: 'value' | 'names' | 'address' | 'nothing';
  readonly variablesFirst?: readonly string[];
  readonly variablesLast?: readonly string[];
  /** The value if no source sets it; such a key is always shown. */
  readonly otherwise?: string;
}

/** In the order in which they are shown. docs/settings.md describes their effects. */
export const READ_KEYS: readonly ReadKey[] = [
  { key: 'model.name', variablesLast: ['OPENAI_MODEL', 'QWEN_MODEL'], otherwise: 'the first configured model' },
  { key: 'model.baseUrl', shows: 'address' },
  { key: 'security.auth.selectedType' },
  { key: 'security.auth.enforcedType' },
  { key: 'security.auth.baseUrl', shows: 'address', variablesFirst: ['OPENAI_BASE_URL'] },
  { key: 'security.auth.apiKey', shows: 'nothing', variablesFirst: ['OPENAI_API_KEY'] },
  { key: 'modelProviders', shows: 'names' },
  { key: 'providerProtocol', shows: 'names' },
  { key: 'model.generationConfig', shows: 'names' },
  { key: 'model.reasoningEffort' },
  { key: 'proxy', shows: 'address', variablesLast: ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] },
  { key: 'tools.approvalMode', otherwise: 'default' },
  { key: 'permissions.allow' },
  { key: 'permissions.ask' },
  { key: 'permissions.deny' },
  { key: 'tools.executionSandbox', shows: 'names' },
  { key: 'tools.allowed' },
  { key: 'tools.core' },
  { key: 'tools.exclude' },
  { key: 'tools.disabled' },
  { key: 'tools.listDirectory.enabled' },
  { key: 'tools.todoWrite.enabled' },
  { key: 'tools.truncateToolOutputThreshold' },
  { key: 'tools.truncateToolOutputLines' },
  { key: 'tools.shell.defaultTimeoutMs' },
  { key: 'mcpServers', shows: 'names' },
  { key: 'mcp.allowed' },
  { key: 'mcp.excluded' },
  { key: 'mcp.toolIdleTimeoutMs' },
  { key: 'hooks', shows: 'names' },
  { key: 'disableAllHooks' },
  { key: 'security.allowPrivateNetworkHooks' },
  { key: 'skills.disabled' },
  { key: 'slashCommands.disabled', variablesLast: ['QWEN_DISABLED_SLASH_COMMANDS'] },
  { key: 'model.maxSessionTurns' },
  { key: 'model.maxToolCalls' },
  { key: 'model.maxWallTimeSeconds' },
  { key: 'model.maxSubagentDepth' },
  { key: 'model.skipLoopDetection' },
  { key: 'context.autoCompactThreshold' },
  { key: 'model.chatCompression.contextPercentageThreshold' },
  { key: 'model.enableOpenAILogging' },
  { key: 'model.openAILoggingDir' },
  { key: 'general.chatRecording' },
  { key: 'general.outputLanguage' },
  { key: 'memory.enableManagedAutoMemory' },
  { key: 'output.format' },
  { key: 'context.fileName' },
  { key: 'context.includeDirectories' },
  { key: 'context.fileFiltering.respectGitIgnore' },
  { key: 'context.fileFiltering.respectQwenIgnore' },
  { key: 'context.fileFiltering.customIgnoreFiles' },
  { key: 'advanced.excludedEnvVars' },
  { key: 'env', shows: 'names' },
  { key: 'gantry.shell.passEnv' },
  { key: 'gantry.webFetch.allowPrivate' },
];

type ReadingPart = Pick<SettingsReading, 'originsOf' | 'originsOfVariables' | 'all'>;

/**
 * Every read key that is set somewhere, and those with a default; then keys that are set without effect here. The result has no
 * secrets.
 */
export function listSettingValues(reading: ReadingPart): SettingValue[] {
  return [...toReadValues(reading), ...toKeptValues(reading)];
}

/** Written by other programs, not by the user: Qwen Code's own version of the format. */
const MARKS: readonly string[] = ['$version'];
/** A file may hold anything. */
const MAX_KEPT = 100;

/**
 * Keys that Gantry leaves in the files for Qwen Code, by their first two names: their meaning is not known here, so the value is
 * not shown.
 */
function toKeptValues({ all, originsOf }: ReadingPart): SettingValue[] {
  return keptKeys(all)
    .slice(0, MAX_KEPT)
    .flatMap((path): SettingValue[] => {
      const [origin] = originsOf(path);
      if (origin === undefined) return [];
      return [{ key: path.join('.'), text: 'no effect here; kept for Qwen Code', origin: shownOrigin(origin), shadowed: [] }];
    });
}

function keptKeys(all: Readonly<Record<string, unknown>>): readonly (readonly string[])[] {
  const isRead = (path: string) => READ_KEYS.some(({ key }) => key === path || key.startsWith(`${path}.`) || path.startsWith(`${key}.`));
  return Object.entries(all).flatMap(([name, value]): (readonly string[])[] => {
    if (MARKS.includes(name)) return [];
    if (!isRead(name)) return [[name]];
    if (READ_KEYS.some(({ key }) => key === name) || typeof value !== 'object' || value === null) return [];
    return Object.keys(value).flatMap((member) => (isRead(`${name}.${member}`) ? [] : [[name, member]]));
  });
}

function toReadValues(reading: ReadingPart): SettingValue[] {
  return READ_KEYS.flatMap((readKey): SettingValue[] => {
    const { key, variablesFirst = [], variablesLast = [], otherwise, shows = 'value' } = readKey;
    const inFiles = reading.originsOf(key.split('.'));
    const found = [...reading.originsOfVariables(variablesFirst), ...inFiles, ...reading.originsOfVariables(variablesLast)];
    const [first, ...others] = found;
    if (first === undefined) return otherwise === undefined ? [] : [{ key, text: otherwise, origin: { source: 'default' }, shadowed: [] }];
    const adds = addsUp(key) && found.length > 1;
    const written = adds ? found.toReversed().flatMap((origin) => origin.written) : first.written;
    const shadowed = others.map(shownOrigin);
    return [{ key, text: shownText(written, shows), origin: shownOrigin(first), shadowed, ...(adds ? { adds } : {}) }];
  });
}

function shownOrigin({ written: _written, ...origin }: ValueOrigin): ShownOrigin {
  return origin;
}

/** As written in the file: a `$VAR` stays a name, so that its value is not shown. */
function shownText(written: unknown, shows: NonNullable<ReadKey['shows']>): string {
  if (shows === 'nothing') return 'set';
  if (shows === 'names') return toNames(written);
  if (shows === 'address') return toAddress(written);
  if (Array.isArray(written)) return written.length === 0 ? 'none' : written.map((item) => shownText(item, shows)).join(', ');
  if (typeof written === 'object' && written !== null) return toNames(written);
  return String(written);
}

function toNames(written: unknown): string {
  const names = typeof written === 'object' && written !== null ? Object.keys(written) : [];
  return names.length === 0 ? 'none' : names.join(', ');
}

/** Without credentials and query. */
function toAddress(written: unknown): string {
  if (typeof written !== 'string') return 'set';
  if (!URL.canParse(written)) return written.includes('@') ? 'set' : written;
  const { protocol, host, pathname } = new URL(written);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
