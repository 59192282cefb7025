import { EngineError } from '../errors.ts';
import type { Tool, ToolResult } from './tool.ts';
import { defined } from '../../../preload/contract/index.ts';

/**
 * Turns a tool written for its own input type into one for the registry.
 * The parser is captured, so a list of tools needs no casts: each method parses its input (schemas here have no transforms,
 * so parsing a parsed value changes nothing) and a caller that skipped the validation fails loudly.
 * Errors: an `EngineError` (a missing file, no permission) is an expected failure and becomes a refusal or an error result;
 * anything else is a bug and is rethrown.
 */
export function defineTool<Input>(tool: Tool<Input>): Tool {
  return {
    name: tool.name,
    description: tool.description,
    kind: tool.kind,
    input: tool.input,
    ...defined({ parameters: tool.parameters, deferred: tool.deferred }),
    isReadOnly: tool.isReadOnly,
    ...(tool.onlyReads === undefined
      ? {}
      : { onlyReads: async (input, context, folders) => (await tool.onlyReads?.(tool.input.parse(input), context, folders)) === true }),
    describe: (input, context) => tool.describe(tool.input.parse(input), context),
    async preview(input, context) {
      const parsed = tool.input.parse(input);
      try {
        return await tool.preview(parsed, context);
      } catch (error) {
        if (error instanceof EngineError) return { ok: false, refusal: error.message };
        throw error;
      }
    },
    async execute(input, context, signal) {
      const parsed = tool.input.parse(input);
      try {
        return await tool.execute(parsed, context, signal);
      } catch (error) {
        if (error instanceof EngineError) return failure(error.message);
        throw error;
      }
    },
  };
}

/** An expected failure: the model and the user read the same sentence. */
export function failure(message: string): ToolResult {
  return { text: `Error: ${message}`, display: { kind: 'none' }, isError: true, summary: message };
}
