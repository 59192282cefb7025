import { expect, test } from 'vitest';
import { READ_TOOL } from '../anthropic-gemini.fixture.ts';
import { toGeminiSchema } from '../gemini/gemini-schema.ts';
import { toInputSchema } from './anthropic-schema.ts';

test('a schema of our own stays identical, byte for byte', () => {
  expect(JSON.stringify(toInputSchema(READ_TOOL.parameters))).toBe(JSON.stringify(READ_TOOL.parameters));
});

test('keywords of older drafts are converted to the current ones', () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    properties: {
      pair: { type: 'array', items: [{ type: 'string' }, { type: 'number', minimum: 0, exclusiveMinimum: true }] },
      items: { type: 'string', enum: ['a'], default: { items: [1] } },
    },
  };
  expect(toInputSchema(schema)).toEqual({
    type: 'object',
    properties: {
      pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number', minimum: 0 }] },
      items: { type: 'string', enum: ['a'], default: { items: [1] } },
    },
  });
});

const CHOICE = {
  type: 'object',
  properties: { id: { type: 'string' } },
  required: ['id'],
  oneOf: [{ properties: { by: { type: 'string' } }, required: ['by'] }, { properties: { at: { type: 'number' }, id: { type: 'null' } } }],
  allOf: [{ properties: { all: { type: 'boolean' } }, required: ['all', 'id'] }],
};

test('alternatives at the top level become the members of all of them, for Gemini too', () => {
  const properties = { id: { type: 'string' }, by: { type: 'string' }, at: { type: 'number' }, all: { type: 'boolean' } };
  expect(toInputSchema(CHOICE)).toEqual({ type: 'object', properties, required: ['id', 'all'] });
  expect(toGeminiSchema(CHOICE)).toEqual({ type: 'object', properties, required: ['id', 'all'] });
});
