import { z } from 'zod';
import { SECRET } from '../../preload/contract/index.ts';

/**
 * A copy of request params fit for a log: fields whose schema is marked SECRET are replaced, long strings are cut.
 * The one place where this is decided, so no handler has to remember it.
 */
export function redactParams(schema: z.ZodType, params: unknown): unknown {
  if (isSecret(schema)) return '[secret]';
  if (schema instanceof z.ZodObject && typeof params === 'object' && params !== null) {
    const shape: Record<string, z.ZodType> = schema.shape;
    return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, redactField(shape[key], value)]));
  }
  return typeof params === 'string' && params.length > 200 ? `${params.slice(0, 200)}… (${params.length} characters)` : params;
}

function redactField(schema: z.ZodType | undefined, value: unknown): unknown {
  return schema === undefined ? '[unknown field]' : redactParams(schema, value);
}

function isSecret(schema: z.ZodType): boolean {
  return (schema.meta() as { secret?: unknown } | undefined)?.secret === SECRET.secret; // zod types metadata as unknown
}
