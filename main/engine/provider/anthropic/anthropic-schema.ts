/**
 * Converts a tool's JSON Schema to what Anthropic accepts: draft 2020-12, an object, and no alternatives at the top level. Our
 * own tools comply; those of MCP servers may use any draft, and a single invalid schema makes every request fail. Pure.
 */
type Schema = Record<string, unknown>;

const SCHEMAS_BY_NAME: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

export function toInputSchema(parameters: Schema): Schema & { type: 'object' } {
  const { $schema: _draft, ...schema } = withoutTopChoices(parameters);
  return { ...modern(schema), type: 'object' };
}

/** The members of all alternatives combined; the exclusions between them are checked when the call arrives. */
export function withoutTopChoices(schema: Schema): Schema {
  const { anyOf, oneOf, allOf, ...rest } = schema;
  if (anyOf === undefined && oneOf === undefined && allOf === undefined) return schema;
  const all = toParts(allOf);
  const parts = [rest, ...all, ...toParts(anyOf), ...toParts(oneOf)];
  const properties = parts.map((part) => part['properties']).filter(isSchema);
  const required = [rest, ...all].flatMap((part) => (Array.isArray(part['required']) ? part['required'] : []));
  return {
    ...rest,
    properties: Object.assign({}, ...properties.toReversed()),
    ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
  };
}

/** From older drafts: tuples under `items`, and exclusive limits given as a boolean beside the number. */
function modern(schema: Schema): Schema {
  const out: Schema = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'items' && Array.isArray(value)) out['prefixItems'] = value.map(modernAny);
    else if ((name === 'exclusiveMinimum' || name === 'exclusiveMaximum') && typeof value === 'boolean') continue;
    else if (SCHEMAS_BY_NAME.has(name) && isSchema(value)) {
      out[name] = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, modernAny(part)]));
    } else if (name === 'enum' || name === 'const' || name === 'default' || name === 'examples') out[name] = value;
    else out[name] = Array.isArray(value) ? value.map(modernAny) : modernAny(value);
  }
  return out;
}

function modernAny(value: unknown): unknown {
  return isSchema(value) ? modern(value) : value;
}

function toParts(value: unknown): Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
