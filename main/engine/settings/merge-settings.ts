type Plain = Readonly<Record<string, unknown>>;

/** How two layers combine under a path. By default objects merge key by key and anything else is replaced. */
type Strategy = 'union' | 'concat' | 'shallow';

/** Source: docs/formats.md 1.1, and the settings schemas of 0.15.10 and 0.24.4. */
const STRATEGIES: Readonly<Record<string, Strategy>> = {
  'advanced.excludedEnvVars': 'union',
  'gantry.shell.passEnv': 'union',
  'permissions.allow': 'union',
  'permissions.ask': 'union',
  'permissions.deny': 'union',
  'permissions.autoMode.environment': 'union',
  'permissions.autoMode.hints.allow': 'union',
  'permissions.autoMode.hints.deny': 'union',
  'permissions.autoMode.hints.hardDeny': 'union',
  'permissions.autoMode.hints.softDeny': 'union',
  'skills.defaultDisabled': 'union',
  'skills.directories': 'union',
  'skills.disabled': 'union',
  'skills.disabledLevels': 'union',
  'skills.enabled': 'union',
  'slashCommands.disabled': 'union',
  'tools.disabled': 'union',
  'tools.exclude': 'union',
  'tools.visible': 'union',
  'context.includeDirectories': 'concat',
  'mcp.allowed': 'concat',
  'mcp.excluded': 'concat',
  'agents.maxParallelAgentsByModel': 'shallow',
  'agents.modelGrades': 'shallow',
  channels: 'shallow',
  env: 'shallow',
  mcpServers: 'shallow',
  serve: 'shallow',
};

/** All lists of hooks are combined: a layer cannot remove a hook of another. */
const HOOK_LIST = /^hooks\.[^.]+$/;

/** Whether the layers' values under this path are combined instead of the highest replacing the others. Pure. */
export function addsUp(path: string): boolean {
  return findStrategy(path) !== undefined;
}

/** Merges settings layers, lowest first. Pure. */
export function mergeSettings(layers: readonly Plain[]): Plain {
  return layers.reduce((merged, layer) => mergeObjects(merged, layer, ''), {});
}

/**
 * What a folder must not set, even a trusted one: keys that Qwen Code reads only from operator files, and in Gantry also the
 * proxy for requests. Source: docs/formats.md 1.5.
 */
const OPERATOR_ONLY: readonly (readonly string[])[] = [
  ['review'],
  ['proxy'],
  ['serve'],
  ['tools', 'executionSandbox'],
  ['tools', 'workflowsEnabled'],
  ['ui', 'brand'],
  ['security', 'allowPrivateNetworkHooks'],
  ['security', 'folderTrust'],
  ['goals', 'modelProposed'],
  ['gantry', 'shell', 'passEnv'],
  // Copies of every prompt, anywhere on the disk.
  ['model', 'enableOpenAILogging'],
  ['model', 'openAILoggingDir'],
];

/** A project's layer without the keys that only an operator may set. Pure. */
export function withoutOperatorKeys(layer: Plain): Plain {
  return OPERATOR_ONLY.reduce<Plain>((rest, path) => withoutKey(rest, path), layer);
}

/** The value without anything under this path. Pure. */
export function withoutKey(value: Plain, [key = '', ...rest]: readonly string[]): Plain {
  if (!Object.hasOwn(value, key)) return value;
  if (rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  const inner = value[key];
  return isPlain(inner) ? { ...value, [key]: withoutKey(inner, rest) } : value;
}

function findStrategy(path: string): Strategy | undefined {
  return Object.hasOwn(STRATEGIES, path) ? STRATEGIES[path] : HOOK_LIST.test(path) ? 'concat' : undefined;
}

function mergeObjects(low: Plain, high: Plain, path: string): Plain {
  const merged: Record<string, unknown> = { ...low };
  for (const [key, value] of Object.entries(high)) {
    if (key === '__proto__') continue; // a JSON file may contain this name; it must stay data
    merged[key] = mergeValues(Object.hasOwn(merged, key) ? merged[key] : undefined, value, path === '' ? key : `${path}.${key}`);
  }
  return merged;
}

function mergeValues(low: unknown, high: unknown, path: string): unknown {
  const strategy = findStrategy(path);
  if (isPlain(low) && isPlain(high)) return strategy === 'shallow' ? { ...low, ...high } : mergeObjects(low, high, path);
  if (Array.isArray(low) && (strategy === 'concat' || strategy === 'union')) {
    const both: unknown[] = [...low, ...(Array.isArray(high) ? high : [high])]; // a single name is a list of one
    return strategy === 'union' ? [...new Set(both)] : both;
  }
  return high;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
