import { expect, test } from 'vitest';
import { toGeminiSchema } from './gemini-schema.ts';

const property = (schema: unknown, more: Record<string, unknown> = {}) => {
  const converted = toGeminiSchema({ type: 'object', properties: { p: schema }, ...more });
  const properties = converted?.['properties'];
  return typeof properties === 'object' && properties !== null ? Reflect.get(properties, 'p') : undefined;
};

test.each<[string, unknown, unknown]>([
  ['a simple schema stays', { type: 'string', description: 'd', enum: ['a', 'b'] }, { type: 'string', description: 'd', enum: ['a', 'b'] }],
  [
    'unknown keywords are removed',
    { type: 'string', pattern: '^a', $comment: 'x', examples: ['a'], default: 'a', minLength: 1 },
    { type: 'string' },
  ],
  ['a constant becomes a choice of one', { const: 'x' }, { enum: ['x'] }],
  ['a constant that cannot be a choice is removed', { type: 'boolean', const: true }, { type: 'boolean' }],
  ['unknown formats are removed', { type: 'string', format: 'uri' }, { type: 'string' }],
  ['others stay', { type: 'string', format: 'date-time' }, { type: 'string', format: 'date-time' }],
  ['exclusive limits become inclusive', { type: 'integer', exclusiveMinimum: 0 }, { type: 'integer', minimum: 0 }],
  ['one of is any of', { oneOf: [{ type: 'string' }, { type: 'number' }] }, { anyOf: [{ type: 'string' }, { type: 'number' }] }],
  [
    'a list of types is a choice',
    { type: ['string', 'null'], description: 'd' },
    { description: 'd', anyOf: [{ type: 'string' }, { type: 'null' }] },
  ],
  ['a list of one type is that type', { type: ['string'] }, { type: 'string' }],
  ['a list needs items', { type: 'array' }, { type: 'array', items: {} }],
  [
    'a tuple is a list of any of its items',
    { type: 'array', items: [{ type: 'string' }] },
    { type: 'array', items: { anyOf: [{ type: 'string' }] } },
  ],
  ['a free object stays free', { type: 'object', additionalProperties: true }, { type: 'object', additionalProperties: true }],
  [
    'required names without a member go',
    { type: 'object', properties: { a: {} }, required: ['a', 'b'] },
    { type: 'object', properties: { a: {} }, required: ['a'] },
  ],
  [
    'all of are joined',
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'number' } }, required: ['b'] },
      ],
    },
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } }, required: ['a', 'b'] },
  ],
])('%s', (_what, schema, expected) => {
  expect(property(schema)).toEqual(expected);
});

test('references of old and new drafts are resolved in place, and a dangling one allows anything', () => {
  const defs = { $defs: { Name: { type: 'string' } }, definitions: { Old: { type: 'number' } } };
  expect(property({ $ref: '#/$defs/Name', description: 'own' }, defs)).toEqual({ type: 'string', description: 'own' });
  expect(property({ $ref: '#/definitions/Old' }, defs)).toEqual({ type: 'number' });
  expect(property({ $ref: '#/$defs/Absent' }, defs)).toEqual({});
  expect(property({ $ref: 'https://elsewhere.example/schema' }, defs)).toEqual({});
});

test('a schema that refers to itself ends', () => {
  const tree = { type: 'object', properties: { left: { $ref: '#/$defs/Tree' }, right: { $ref: '#/$defs/Tree' } } };
  expect(property({ $ref: '#/$defs/Tree' }, { $defs: { Tree: tree } })).toEqual({ type: 'object', properties: { left: {}, right: {} } });
});

test('a schema that expands into millions of parts ends, and stays small', () => {
  const defs = Object.fromEntries(
    Array.from({ length: 40 }, (_unused, at) => [
      `d${at}`,
      { type: 'object', properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
    ]),
  );
  expect(JSON.stringify(property({ $ref: '#/$defs/d0' }, { $defs: defs })).length).toBeLessThan(200_000);
});

test('without parameters there is no schema', () => {
  expect(toGeminiSchema({})).toBeUndefined();
  expect(toGeminiSchema({ type: 'object', properties: {} })).toBeUndefined();
});
