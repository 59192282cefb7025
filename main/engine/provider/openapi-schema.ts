/**
 * Converts a tool's JSON Schema to OpenAPI 3.0, for servers that refuse newer drafts (`schemaCompliance: "openapi_30"`): no
 * references, no lists of types, `nullable` instead of the type null. Omitted constraints are still checked when the call
 * arrives. Pure.
 */
import { toGeminiSchema } from './gemini/gemini-schema.ts';

type Schema = Record<string, unknown>;

export function toOpenApiSchema(parameters: Schema): Schema {
  return nullable(toGeminiSchema(parameters) ?? { type: 'object', properties: {} });
}

function nullable(schema: Schema): Schema {
  const { anyOf, ...rest } = schema;
  const plain = Object.fromEntries(
    Object.entries(rest)
      .filter(([name]) => name !== 'propertyOrdering')
      .map(([name, value]) => [name, inner(name, value)]),
  );
  if (plain['type'] === 'null') return { ...plain, type: 'string', nullable: true, enum: [null] };
  if (!Array.isArray(anyOf)) return plain;
  const choices = anyOf.filter(isSchema);
  const real = choices.filter(({ type }) => type !== 'null').map(nullable);
  const canBeNull = real.length < choices.length ? { nullable: true } : {};
  const [only] = real;
  return real.length === 1
    ? { ...only, ...plain, ...canBeNull }
    : { ...plain, ...(real.length === 0 ? {} : { anyOf: real }), ...canBeNull };
}

function inner(name: string, value: unknown): unknown {
  if (name === 'properties' && isSchema(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, isSchema(part) ? nullable(part) : part]));
  }
  return (name === 'items' || name === 'additionalProperties') && isSchema(value) ? nullable(value) : value;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
