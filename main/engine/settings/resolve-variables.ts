import type { Environment } from '../ports.ts';

/** Names that mean something only at run time; they stay as written. Source: docs/formats.md 1.1. */
const NEVER_RESOLVED: ReadonlySet<string> = new Set(['SESSION_ID', 'QWEN_CODE_SESSION_ID', 'QWEN_SERVER_TOKEN', 'GANTRY_SERVER_TOKEN']);

/**
 * Replaces `$NAME` and `${NAME}` in every string below `value` from `environment`. Pure; an undefined name stays as written. The
 * result is only for reading and is never written back.
 */
export function resolveVariables(value: unknown, environment: Environment): unknown {
  if (typeof value === 'string') return resolveText(value, environment);
  if (Array.isArray(value)) return value.map((item) => resolveVariables(item, environment));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveVariables(item, environment)]));
  }
  return value;
}

function resolveText(text: string, environment: Environment): string {
  return text.replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (written: string, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    return NEVER_RESOLVED.has(name) ? written : (environment[name] ?? written);
  });
}
