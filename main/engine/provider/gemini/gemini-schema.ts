/**
 * A tool's JSON Schema as Gemini takes it. It refuses a whole request for one keyword it does not know, so only those it
 * documents pass; what is left out is still checked when the call comes. References are resolved where they stand. Pure.
 */
import { withoutTopChoices } from '../anthropic/anthropic-schema.ts';

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
/** A schema of a stranger's server may unfold without end: beyond this many parts anything is allowed. */
const MAX_PARTS = 2000;

/** Undefined for a tool without parameters: an object without members is refused at the top. */
export function toGeminiSchema(parameters: Schema): Schema | undefined {
  const schema = convert(withoutTopChoices(parameters), { root: parameters, path: [], left: { parts: MAX_PARTS } });
  if (!isSchema(schema['properties']) || Object.keys(schema['properties']).length === 0) return undefined;
  return { ...schema, type: 'object' };
}

interface Place {
  readonly root: Schema;
  /** The references that led here: one that comes again would have no end. */
  readonly path: readonly string[];
  /** Counted down over the whole schema. */
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
    ...keywordsOf(own, place),
  };
  return withoutTypeLists(schema);
}

function keywordsOf(own: Schema, place: Place): Schema {
  const out: Schema = {};
  for (const [name, value] of Object.entries(own)) {
    if (name === 'properties' && isSchema(value)) {
      out['properties'] = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, convert(part, place)]));
    } else if (name === 'items') {
      // A list of schemas is a tuple of old drafts: anything it may hold.
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

/** Values that a keyword may not have. */
function tidied(schema: Schema): Schema {
  const { format, enum: choices, required, properties, ...rest } = schema;
  const names = isSchema(properties) ? new Set(Object.keys(properties)) : undefined;
  const needed = Array.isArray(required) ? required.filter((name) => typeof name === 'string' && names?.has(name) === true) : [];
  const plain = Array.isArray(choices) ? choices.filter((choice) => typeof choice === 'string' || typeof choice === 'number') : [];
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties }),
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
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    anyOf: types.map((one) => (one === 'null' ? { type: one } : { ...limits, type: one })),
  };
}

/** `allOf` in one: members of all, the rest of the last. */
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

/** `#/$defs/Name` within the same schema; anything else is nothing known. */
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
