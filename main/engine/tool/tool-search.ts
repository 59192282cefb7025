import { z } from 'zod';
import { failure } from './define-tool.ts';
import type { Tool, ToolCatalog } from './tool.ts';

const Input = z.object({
  query: z.string().min(1).max(500).describe('"select:name,name" or key words'),
  max_results: z.number().int().min(1).max(20).optional().describe('5 by default'),
});
type Input = z.infer<typeof Input>;

const DEFAULT_RESULTS = 5;
/** Listed when nothing was found, so that the next query can succeed. */
const MAX_NAMED = 40;
/** A word in the name counts more than one in the description. */
const NAME_WEIGHT = 3;

/** Finds tools that are not in the request yet, and adds them to it. */
export const toolSearchTool: Tool<Input> = {
  name: 'tool_search',
  description:
    'Load tools that are not listed here, such as notebook_edit, save_memory, enter_plan_mode and those of MCP servers (mcp__*). What it answers can be called from then on.',
  kind: 'search',
  input: Input,
  isReadOnly: false, // the order in which tools are revealed is the order of the request
  describe: (input) => ({ verb: 'find_tools', target: input.query }),

  async preview() {
    return { ok: true, action: { code: 'find_tools' }, display: { kind: 'none' }, touches: [] };
  },

  async execute(input, { catalog = NO_TOOLS }) {
    const names = wantedNames(input, catalog.deferred);
    const found = catalog.reveal(names);
    if (found.length === 0) {
      const known = catalog.deferred.map(({ name }) => name);
      const more = known.length > MAX_NAMED ? `, and ${known.length - MAX_NAMED} more` : '';
      return failure(
        known.length === 0
          ? 'There are no further tools.'
          : `No tool fits "${input.query}". There are: ${known.slice(0, MAX_NAMED).join(', ')}${more}.`,
      );
    }
    const list = found.map(({ name, description, parameters }) => JSON.stringify({ name, description, parameters })).join('\n');
    const summary = `Loaded ${found.map(({ name }) => name).join(', ')}`;
    return { text: `These tools can be called now:\n${list}`, display: { kind: 'none' }, isError: false, summary };
  },
};

const NO_TOOLS: ToolCatalog = { deferred: [], reveal: () => [] };

/** The model may ask again for a tool that is no longer deferred: its schema is returned once more. */
function wantedNames({ query, max_results = DEFAULT_RESULTS }: Input, deferred: ToolCatalog['deferred']): readonly string[] {
  const selected = /^\s*select\s*:(.*)$/is.exec(query)?.[1];
  if (selected !== undefined) {
    return selected
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return deferred
    .map(({ name, description }) => ({ name, score: scoreOf(words, name.toLowerCase(), description.toLowerCase()) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, max_results)
    .map(({ name }) => name);
}

function scoreOf(words: readonly string[], name: string, description: string): number {
  return words.reduce((sum, word) => sum + (name.includes(word) ? NAME_WEIGHT : 0) + (description.includes(word) ? 1 : 0), 0);
}
