/** The tools a session has: found by name, and told to the model in an order that never changes (prompt caching). */
import { z } from 'zod';
import type { ToolKind } from '../../../preload/contract/index.ts';
import type { ToolSchema } from '../provider/provider.ts';
import type { Tool, ToolContext } from './tool.ts';

export interface ToolRegistry {
  get(name: string): Tool | undefined;
  /** In the order they were given. */
  readonly names: readonly string[];
  /** The same value every time. */
  readonly schemas: readonly ToolSchema[];
  /** The row of a call; of an unknown tool or with input that is not valid, its bare name. Never throws. */
  describe(
    name: string,
    input: unknown,
    context: ToolContext,
  ): { readonly verb: string; readonly target: string; readonly toolKind: ToolKind };
}

/** Names Qwen Code used earlier; sessions of it may still hold them. Source: qwen-code.md 4.2. */
const LEGACY_NAMES: Readonly<Record<string, string>> = { replace: 'edit', search_file_content: 'grep_search' };

export function createToolRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const get = (name: string) => byName.get(LEGACY_NAMES[name] ?? name);
  return {
    get,
    names: tools.map((tool) => tool.name),
    schemas: tools.map(toSchema),
    describe(name, input, context) {
      const tool = get(name);
      const parsed = tool?.input.safeParse(input);
      if (tool === undefined || parsed?.success !== true) return { verb: 'Called', target: name, toolKind: tool?.kind ?? 'other' };
      return { ...tool.describe(parsed.data, context), toolKind: tool.kind };
    },
  };
}

function toSchema({ name, description, kind, input }: Tool): ToolSchema {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  return { name, description, kind, parameters };
}
