import { z } from 'zod';
import { SECRET } from '../../preload/contract/index.ts';

/** More of a string, or more entries of a list, than this tell nothing about a fault. Units: UTF-16 code units, entries. */
const MOST_CHARS = 200;
const MOST_ENTRIES = 20;

/**
 * A copy of request params fit for a log: fields whose schema is marked SECRET are replaced, long strings and lists are
 * cut. What the schema does not spell out (unions, records) is left out: nobody has said that it may be read.
 * The one place where this is decided, so no handler has to remember it.
 */
export function redactParams(schema: z.ZodType, params: unknown): unknown {
  if (isSecret(schema)) return '[secret]';
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return redactParams(schema.unwrap() as z.ZodType, params); // zod types what it wraps as its core
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
