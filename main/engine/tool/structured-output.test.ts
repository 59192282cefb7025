import { expect, onTestFinished, test } from 'vitest';
import { makeWorkspace } from '../../test/support/tool-workspace.ts';
import { createStructuredOutputTool } from './structured-output.ts';

const SCHEMA = {
  type: 'object',
  properties: { risk: { type: 'string', enum: ['low', 'high'] }, lines: { type: 'array', items: { $ref: '#/$defs/line' } } },
  required: ['risk'],
  additionalProperties: false,
  $defs: { line: { type: 'integer', minimum: 1 } },
};

test('an answer that fits is taken and ends the turn; the model gets the schema as it is', async () => {
  const { context, remove } = await makeWorkspace();
  onTestFinished(remove);
  const tool = await createStructuredOutputTool(SCHEMA);
  expect([tool.parameters, tool.endsTurn]).toEqual([SCHEMA, true]);
  const { signal } = new AbortController();
  expect(await tool.execute({ risk: 'low', lines: [1, 2] }, context, signal)).toMatchObject({ isError: false });
});

test.each<[object, string]>([
  [{}, 'risk'],
  [{ risk: 'middling' }, 'allowed values'],
  [{ risk: 'low', lines: [0] }, '>= 1'],
  [{ risk: 'low', more: true }, 'additional'],
])('%o is invalid, and the model receives the reason', async (answer, mention) => {
  const { context, remove } = await makeWorkspace();
  onTestFinished(remove);
  const tool = await createStructuredOutputTool(SCHEMA);
  const result = await tool.execute(answer, context, new AbortController().signal);
  expect(result).toMatchObject({ isError: true, text: expect.stringContaining(mention) });
});

test.each<[Record<string, unknown>, string]>([
  [{ type: 'array' }, '"type": "object"'],
  [{ type: 'object', properties: { a: { type: 'strng' } } }, 'The schema cannot be used'],
  [{ type: 'object', properties: { a: { $ref: '#/$defs/none' } } }, 'The schema cannot be used'],
])('%o is no schema for an answer', async (schema, mention) => {
  await expect(createStructuredOutputTool(schema)).rejects.toMatchObject({ code: 'bad_params', message: expect.stringContaining(mention) });
});
