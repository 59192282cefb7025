/**
 * `structured_output`: the answer of a run as JSON of a given schema (`--json-schema`). The first valid call ends the turn.
 * Source: docs/formats.md 3.1.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { compileSchema, type SchemaCheck } from '../lib/schema-check.ts';
import { failure } from './define-tool.ts';
import type { Tool } from './tool.ts';

const Input = z.record(z.string(), z.unknown());

export const STRUCTURED_OUTPUT = 'structured_output';

/** Errors: `bad_params` for an unusable schema. */
export async function createStructuredOutputTool(schema: Readonly<Record<string, unknown>>): Promise<Tool> {
  if (schema['type'] !== undefined && schema['type'] !== 'object')
    throw new EngineError('bad_params', 'The schema must describe an object: "type": "object" at its top.');
  let check: SchemaCheck;
  try {
    check = await compileSchema(schema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError('bad_params', `The schema cannot be used: ${reason}`, { cause: error });
  }
  return {
    name: STRUCTURED_OUTPUT,
    description: 'Give the final answer. The run ends with this call; call it once, alone, when the work is done. Plain text is no answer.',
    kind: 'plan',
    input: Input,
    parameters: { type: 'object', ...schema },
    isReadOnly: false,
    endsTurn: true,
    describe: () => ({ verb: 'answer', target: 'as JSON' }),
    preview: async () => ({ ok: true, action: { code: 'give_answer' }, display: { kind: 'none' }, touches: [] }),
    async execute(input) {
      const misfit = check(input);
      if (misfit !== undefined) return failure(`The answer does not fit the schema: ${misfit}. Correct it and call again.`);
      return { text: 'The answer was taken. The run is over.', display: { kind: 'none' }, isError: false, summary: 'Answer taken' };
    },
  };
}
