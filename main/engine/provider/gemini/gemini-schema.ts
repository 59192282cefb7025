/**
 * Converts a tool's JSON Schema to what Gemini accepts. The API refuses a whole request because of one unknown keyword, so only
 * documented keywords pass; omitted constraints are still checked when the call arrives. References are resolved in place. Pure.
 */
import { withoutTopChoices } from '../anthropic/anthropic-schema.ts';
import { defined } from '../../../../preload/contract/index.ts';

type Schema = Record<string, unknown>;

/** Source: the vendor's page on structured output. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'type',
  'title',
  'description',
  'enum',
  'format',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'required',
  'propertyOrdering',
]);
const FORMATS: ReadonlySet<string> = new Set(['date-time', 'date', 'time', 'enum', 'int32', 'int64', 'float', 'double']);
/** A schema from an untrusted server may expand without end: beyond this number of parts, any value is allowed. */
const MAX_PARTS = 2000;

/** Undefined for a tool without parameters: the API refuses an object without members at the top level. */
export function toGeminiSchema(parameters: Schema): Schema | undefined {
  const schema = convert(withoutTopChoices(parameters), { root: parameters, path: [], left: { parts: MAX_PARTS } });
  if (!isSchema(schema['properties']) || Object.keys(schema['properties']).length === 0) return undefined;
  return { ...schema, type: 'object' };
}

interface Place {
  readonly root: Schema;
  /** The references that led here: following one of them again would never end. */
  readonly path: readonly string[];
  /** A budget for the whole schema, counted down. */
  readonly left: { parts: number };
}

function convert(value: unknown, place: Place): Schema {
  place.left.parts -= 1;
  if (!isSchema(value) || place.left.parts < 0) return {};
  const { $ref, allOf, ...own } = value;
  const schema = {
    ...(typeof $ref === 'string' && !place.path.includes($ref)
      ? convert(resolve($ref, place.root), { ...place, path: [...place.path, $ref] })
      : {}),
    ...mergeAll(Array.isArray(allOf) ? allOf.map((part) => convert(part, place)) : []),
    ...convertKeywords(own, place),
  };
  return withoutTypeLists(schema);
}

function convertKeywords(own: Schema, place: Place): Schema {
  const out: Schema = {};
  for (const [name, value] of Object.entries(own)) {
    if (name === 'properties' && isSchema(value)) {
      out['properties'] = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, convert(part, place)]));
    } else if (name === 'items') {
      // In old drafts a list of schemas is a tuple: any of its elements is allowed.
      out['items'] = Array.isArray(value) ? { anyOf: value.map((part) => convert(part, place)) } : convert(value, place);
    } else if ((name === 'anyOf' || name === 'oneOf') && Array.isArray(value)) {
      out['anyOf'] = value.map((part) => convert(part, place));
    } else if (name === 'additionalProperties') {
      out[name] = isSchema(value) ? convert(value, place) : value;
    } else if (name === 'const') {
      if (typeof value === 'string' || typeof value === 'number') out['enum'] = [value];
    } else if (name === 'exclusiveMinimum' && typeof value === 'number') out['minimum'] ??= value;
    else if (name === 'exclusiveMaximum' && typeof value === 'number') out['maximum'] ??= value;
    else if (KEYWORDS.has(name)) out[name] = value;
  }
  return tidied(out);
}

/** Values that a keyword must not have. */
function tidied(schema: Schema): Schema {
  const { format, enum: choices, required, properties, ...rest } = schema;
  const names = isSchema(properties) ? new Set(Object.keys(properties)) : undefined;
  const needed = Array.isArray(required) ? required.filter((name) => typeof name === 'string' && names?.has(name) === true) : [];
  const plain = Array.isArray(choices) ? choices.filter((choice) => typeof choice === 'string' || typeof choice === 'number') : [];
  return {
    ...rest,
    ...defined({ properties }),
    ...(plain.length === 0 ? {} : { enum: plain }),
    ...(needed.length === 0 ? {} : { required: needed }),
    ...(typeof format === 'string' && FORMATS.has(format) ? { format } : {}),
    ...(rest['type'] === 'array' && rest['items'] === undefined ? { items: {} } : {}),
  };
}

/** `["string", "null"]` becomes a choice of schemas. */
function withoutTypeLists(schema: Schema): Schema {
  const { type, ...rest } = schema;
  if (!Array.isArray(type)) return schema;
  const types = type.filter((one) => typeof one === 'string');
  if (types.length === 1) return { ...rest, type: types[0] };
  const { title, description, anyOf: _anyOf, ...limits } = rest;
  return {
    ...defined({ title, description }),
    anyOf: types.map((one) => (one === 'null' ? { type: one } : { ...limits, type: one })),
  };
}

/** Merges `allOf`: members of all, other keywords from the last. */
function mergeAll(parts: readonly Schema[]): Schema {
  return parts.reduce<Schema>((merged, part) => {
    const properties = [merged['properties'], part['properties']].filter(isSchema);
    const required = [merged['required'], part['required']].flatMap((names) => (Array.isArray(names) ? names : []));
    return {
      ...merged,
      ...part,
      ...(properties.length === 0 ? {} : { properties: Object.assign({}, ...properties) }),
      ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
    };
  }, {});
}

/** `#/$defs/Name` within the same schema; any other reference is unknown. */
function resolve(ref: string, root: Schema): unknown {
  if (!ref.startsWith('#/')) return {};
  return ref
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (isSchema(at) ? at[part] : undefined), root);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
