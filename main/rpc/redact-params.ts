import * as z from 'zod/mini';
import { SECRET } from '../../preload/contract/index.ts';

/** Longer strings and lists do not help to explain a fault. Units: UTF-16 code units, entries. */
const MOST_CHARS = 200;
const MOST_ENTRIES = 20;

/**
 * A copy of request params for the log: fields whose schema is marked SECRET are replaced, long strings and lists are cut.
 * Values that the schema does not specify (unions, records) are omitted, because they may be secret. This is the only place
 * that decides it, so handlers do not have to.
 */
export function redactParams(schema: z.core.$ZodType, params: unknown): unknown {
  if (isSecret(schema)) return '[secret]';
  if (schema instanceof z.core.$ZodOptional || schema instanceof z.core.$ZodNullable)
    return redactParams(schema._zod.def.innerType, params);
  if (schema instanceof z.core.$ZodObject && typeof params === 'object' && params !== null) {
    const { shape } = schema._zod.def;
    return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, redactField(shape[key], value)]));
  }
  if (schema instanceof z.core.$ZodArray && Array.isArray(params)) {
    const entries = params.slice(0, MOST_ENTRIES).map((entry: unknown) => redactParams(schema._zod.def.element, entry));
    return params.length > MOST_ENTRIES ? [...entries, `… (${params.length} entries)`] : entries;
  }
  if (typeof params === 'object' && params !== null) return '[not shown]';
  return typeof params === 'string' && params.length > MOST_CHARS
    ? `${params.slice(0, MOST_CHARS)}… (${params.length} characters)`
    : params;
}

function redactField(schema: z.core.$ZodType | undefined, value: unknown): unknown {
  return schema === undefined ? '[unknown field]' : redactParams(schema, value);
}

function isSecret(schema: z.core.$ZodType): boolean {
  return (z.globalRegistry.get(schema) as { secret?: unknown } | undefined)?.secret === SECRET.secret; // zod types metadata as unknown
}
