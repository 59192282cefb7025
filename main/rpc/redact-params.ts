import { z } from 'zod';
import { SECRET } from '../../preload/contract/index.ts';

/** Longer strings and lists do not help to explain a fault. Units: UTF-16 code units, entries. */
const MOST_CHARS = 200;
const MOST_ENTRIES = 20;

/**
 * A copy of request params for the log: fields whose schema is marked SECRET are replaced, long strings and lists are cut.
 * Values that the schema does not specify (unions, records) are omitted, because they may be secret. This is the only place
 * that decides it, so handlers do not have to.
 */
export function redactParams(schema: z.ZodType, params: unknown): unknown {
  if (isSecret(schema)) return '[secret]';
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return redactParams(schema.unwrap() as z.ZodType, params); // zod types the wrapped schema as its core
  if (schema instanceof z.ZodObject && typeof params === 'object' && params !== null) {
    const shape: Record<string, z.ZodType> = schema.shape;
    return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, redactField(shape[key], value)]));
  }
  if (schema instanceof z.ZodArray && Array.isArray(params)) {
    const entries = params.slice(0, MOST_ENTRIES).map((entry: unknown) => redactParams(schema.element as z.ZodType, entry)); // as above
    return params.length > MOST_ENTRIES ? [...entries, `… (${params.length} entries)`] : entries;
  }
  if (typeof params === 'object' && params !== null) return '[not shown]';
  return typeof params === 'string' && params.length > MOST_CHARS
    ? `${params.slice(0, MOST_CHARS)}… (${params.length} characters)`
    : params;
}

function redactField(schema: z.ZodType | undefined, value: unknown): unknown {
  return schema === undefined ? '[unknown field]' : redactParams(schema, value);
}

function isSecret(schema: z.ZodType): boolean {
  return (schema.meta() as { secret?: unknown } | undefined)?.secret === SECRET.secret; // zod types metadata as unknown
}
