/**
 * Reads older forms of settings.json as if they were written in the current one. Pure: reading writes nothing. Version 1 had flat
 * keys; 2 nested them; 3 turned `disable…` into `enable…`; 4 split `general.gitCoAuthor`. Source: docs/formats.md 1.1.
 */
import type { SettingsEdit } from './edit-settings.ts';

type Plain = Readonly<Record<string, unknown>>;

/** The file has at `from` what is read at `to`. */
export interface MovedKey {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly value: unknown;
}

export interface MigratedSettings {
  readonly value: Plain;
  readonly moved: readonly MovedKey[];
  /** The file has flat keys: an edit must first bring it into the current form. */
  readonly isFlat: boolean;
}

const CURRENT_VERSION = 4;

/** A flat key, and where it is now. Keys that kept their name are not in the list. */
const FLAT_KEYS: Readonly<Record<string, string>> = {
  accessibility: 'ui.accessibility',
  allowedTools: 'tools.allowed',
  allowMCPServers: 'mcp.allowed',
  approvalMode: 'tools.approvalMode',
  autoAccept: 'tools.autoAccept',
  autoConfigureMaxOldSpaceSize: 'advanced.autoConfigureMemory',
  bugCommand: 'advanced.bugCommand',
  chatCompression: 'model.chatCompression',
  checkpointing: 'general.checkpointing',
  contentGenerator: 'model.generationConfig',
  contextFileName: 'context.fileName',
  coreTools: 'tools.core',
  customThemes: 'ui.customThemes',
  customWittyPhrases: 'ui.customWittyPhrases',
  debugKeystrokeLogging: 'general.debugKeystrokeLogging',
  disableAutoUpdate: 'general.disableAutoUpdate',
  disableCacheControl: 'model.generationConfig.disableCacheControl',
  disableFuzzySearch: 'context.fileFiltering.disableFuzzySearch',
  disableLoadingPhrases: 'ui.accessibility.disableLoadingPhrases',
  disableUpdateNag: 'general.disableUpdateNag',
  dnsResolutionOrder: 'advanced.dnsResolutionOrder',
  enableOpenAILogging: 'model.enableOpenAILogging',
  enableWelcomeBack: 'ui.enableWelcomeBack',
  enforcedAuthType: 'security.auth.enforcedType',
  excludedProjectEnvVars: 'advanced.excludedEnvVars',
  excludeMCPServers: 'mcp.excluded',
  excludeTools: 'tools.exclude',
  fileFiltering: 'context.fileFiltering',
  folderTrust: 'security.folderTrust.enabled',
  folderTrustFeature: 'security.folderTrust.featureEnabled',
  hasSeenIdeIntegrationNudge: 'ide.hasSeenNudge',
  hideTips: 'ui.hideTips',
  hideWindowTitle: 'ui.hideWindowTitle',
  ideMode: 'ide.enabled',
  includeDirectories: 'context.includeDirectories',
  loadMemoryFromIncludeDirectories: 'context.loadFromIncludeDirectories',
  maxSessionTurns: 'model.maxSessionTurns',
  mcpServerCommand: 'mcp.serverCommand',
  memoryImportFormat: 'context.importFormat',
  model: 'model.name',
  preferredEditor: 'general.preferredEditor',
  sandbox: 'tools.sandbox',
  selectedAuthType: 'security.auth.selectedType',
  sessionTokenLimit: 'model.sessionTokenLimit',
  shellPager: 'tools.shell.pager',
  shellShowColor: 'tools.shell.showColor',
  shouldUseNodePtyShell: 'tools.shell.enableInteractiveShell',
  showCitations: 'ui.showCitations',
  showLineNumbers: 'ui.showLineNumbers',
  showStatusInTitle: 'ui.showStatusInTitle',
  skipLoopDetection: 'model.skipLoopDetection',
  skipNextSpeakerCheck: 'model.skipNextSpeakerCheck',
  skipStartupContext: 'model.skipStartupContext',
  tavilyApiKey: 'advanced.tavilyApiKey',
  theme: 'ui.theme',
  toolCallCommand: 'tools.callCommand',
  toolDiscoveryCommand: 'tools.discoveryCommand',
  usageStatisticsEnabled: 'privacy.usageStatisticsEnabled',
  useExternalAuth: 'security.auth.useExternal',
  useRipgrep: 'tools.useRipgrep',
  vimMode: 'general.vimMode',
};

/** If any of the sources is true, the feature is disabled. */
const DISABLE_KEYS: readonly { readonly from: readonly string[]; readonly to: string }[] = [
  { from: ['general.disableAutoUpdate', 'general.disableUpdateNag'], to: 'general.enableAutoUpdate' },
  { from: ['ui.accessibility.disableLoadingPhrases'], to: 'ui.accessibility.enableLoadingPhrases' },
  { from: ['context.fileFiltering.disableFuzzySearch'], to: 'context.fileFiltering.enableFuzzySearch' },
  { from: ['model.generationConfig.disableCacheControl'], to: 'model.generationConfig.enableCacheControl' },
];

/** The value in the current form. A file that states version 4 or higher is not converted. */
export function migrateSettings(written: Plain): MigratedSettings {
  const version = typeof written['$version'] === 'number' ? written['$version'] : undefined;
  if (version !== undefined && version >= CURRENT_VERSION) return { value: written, moved: [], isFlat: false };
  const value: Record<string, unknown> = structuredClone({ ...written });
  const moved: MovedKey[] = [];
  const isFlat = (version ?? 1) < 2 && Object.keys(FLAT_KEYS).some((key) => Object.hasOwn(written, key) && !isPlain(written[key]));
  if (isFlat) moved.push(...nestFlatKeys(value));
  if (version !== undefined || isFlat) moved.push(...invertDisableKeys(value));
  moved.push(...splitCoAuthor(value));
  return { value, moved, isFlat };
}

/** The edits that bring a flat file into the current form. */
export function migrationEdits({ moved }: MigratedSettings): readonly SettingsEdit[] {
  return [
    ...moved.flatMap(({ from, to, value }) => [
      ...(from.join() === to.join() ? [] : [{ path: from, value: undefined }]),
      { path: to, value },
    ]),
    { path: ['$version'], value: CURRENT_VERSION },
  ];
}

/** An object under such a name is the current section of that name, or is moved as a whole (`fileFiltering`). */
function isFlatKey(written: Plain, key: string): boolean {
  if (!Object.hasOwn(written, key)) return false;
  return !isPlain(written[key]) || !(FLAT_KEYS[key] ?? '').startsWith(`${key}.`);
}

function nestFlatKeys(value: Record<string, unknown>): MovedKey[] {
  const moved: MovedKey[] = [];
  const places = Object.entries(FLAT_KEYS).map(([key, place]) => ({ key, to: place.split('.') }));
  // A section is moved before any single key of it.
  for (const { key, to } of places.toSorted((a, b) => a.to.length - b.to.length)) {
    if (!isFlatKey(value, key)) continue;
    const content = value[key];
    delete value[key]; // first: `model` makes room for the section `model`
    if (get(value, to) === undefined && set(value, to, content)) moved.push({ from: [key], to, value: content });
    else if (!Object.hasOwn(value, key)) value[key] = content; // the value in the current form takes precedence, and nothing is lost
  }
  return moved;
}

function invertDisableKeys(value: Record<string, unknown>): MovedKey[] {
  return DISABLE_KEYS.flatMap(({ from, to }) => {
    const found = from.filter((path) => get(value, path.split('.')) !== undefined);
    const said = found.flatMap((path) => asBoolean(get(value, path.split('.'))) ?? []);
    const target = to.split('.');
    if (said.length === 0 || get(value, target) !== undefined) return [];
    const content = !said.includes(true);
    for (const path of found) unset(value, path.split('.'));
    set(value, target, content);
    return found.map((path) => ({ from: path.split('.'), to: target, value: content }));
  });
}

function splitCoAuthor(value: Record<string, unknown>): MovedKey[] {
  const path = ['general', 'gitCoAuthor'];
  const said = asBoolean(get(value, path));
  if (said === undefined) return [];
  const content = { commit: said, pr: said };
  set(value, path, content);
  return [{ from: path, to: path, value: content }];
}

function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

function get(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isPlain(found) && Object.hasOwn(found, key) ? found[key] : undefined), value);
}

/** False if a value that is not an object is in the way. */
function set(value: Record<string, unknown>, [key = '', ...rest]: readonly string[], content: unknown): boolean {
  if (rest.length === 0) {
    value[key] = content;
    return true;
  }
  const inner = Object.hasOwn(value, key) ? value[key] : {};
  if (!isPlain(inner)) return false;
  const copy = { ...inner };
  value[key] = copy;
  return set(copy, rest, content);
}

function unset(value: Record<string, unknown>, path: readonly string[]): void {
  const parent = get(value, path.slice(0, -1));
  if (!isPlain(parent)) return;
  set(value, path.slice(0, -1), Object.fromEntries(Object.entries(parent).filter(([key]) => key !== path.at(-1))));
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
