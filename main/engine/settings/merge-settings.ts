type Plain = Readonly<Record<string, unknown>>;

/** Lists that add up over the layers; every other list is replaced by the higher layer. Source: qwen-code.md 1.1. */
const UNION_PATHS: ReadonlySet<string> = new Set([
  'permissions.allow',
  'permissions.ask',
  'permissions.deny',
  'context.includeDirectories',
  'skills.disabled',
  'skills.enabled',
  'slashCommands.disabled',
  'advanced.excludedEnvVars',
  'gantry.shell.passEnv',
]);

/** Merges settings layers, lowest first. Objects merge key by key, `UNION_PATHS` add up, the rest is replaced. Pure. */
export function mergeSettings(layers: readonly Plain[]): Plain {
  return layers.reduce((merged, layer) => mergeObjects(merged, layer, ''), {});
}

function mergeObjects(low: Plain, high: Plain, path: string): Plain {
  const merged: Record<string, unknown> = { ...low };
  for (const [key, value] of Object.entries(high)) {
    if (key === '__proto__') continue; // a JSON file may name it; it must stay data
    merged[key] = mergeValues(Object.hasOwn(merged, key) ? merged[key] : undefined, value, path === '' ? key : `${path}.${key}`);
  }
  return merged;
}

function mergeValues(low: unknown, high: unknown, path: string): unknown {
  if (isPlain(low) && isPlain(high)) return mergeObjects(low, high, path);
  if (UNION_PATHS.has(path) && Array.isArray(low) && Array.isArray(high)) return [...new Set([...low, ...high])];
  return high;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
