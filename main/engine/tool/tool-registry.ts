/**
 * The tools that can be called: found by name, and sent to the model in an order that only grows at its end, because the
 * request's prefix is cached.
 * Registries form layers: the engine's, a project's (its MCP servers), a session's, a subagent's. A layer always sees the
 * layers above it, adds its own tools, and tracks what its model has been shown.
 */
import { z } from 'zod';
import type { ToolKind, ToolVerb } from '../../../preload/contract/index.ts';
import type { ToolSchema } from '../provider/provider.ts';
import type { Tool, ToolContext } from './tool.ts';

export interface ToolRegistry {
  /** Includes deferred tools: a model that knows one from the history may call it. */
  get(name: string): Tool | undefined;
  /** All that can be called, deferred ones included. */
  readonly names: readonly string[];
  /**
   * For the next request. The same value until a tool is added or revealed; then the earlier ones keep position and bytes. A
   * removed tool keeps its position too, and a call of it is answered as unknown.
   */
  readonly schemas: readonly ToolSchema[];
  /** Gives every tool that is shown now its place in `schemas`. */
  refreshSchemas(): void;
  /** Tools that are not in `schemas` yet; `tool_search` finds them. */
  readonly deferred: readonly Tool[];
  /** The row of a call; the bare name for an unknown tool or invalid input. Never throws. */
  describe(
    name: string,
    input: unknown,
    context: ToolContext,
  ): { readonly verb: ToolVerb; readonly target: string; readonly toolKind: ToolKind };
  /**
   * Adds tools at run time; one of the same name is replaced. `deferred` applies to all of them; absent: each tool's own
   * `deferred`. Returns a function that removes them.
   */
  add(tools: readonly Tool[], options?: { readonly deferred?: boolean }): () => void;
  /** Appends deferred tools to `schemas` permanently. Unknown names are ignored. */
  reveal(names: readonly string[]): readonly ToolSchema[];
  /** A layer below this one. `allows` filters tools from above, not those added to the layer itself. */
  child(allows?: (tool: Tool) => boolean): ToolRegistry;
  /** In the order they were added; for layers. */
  entries(): readonly ToolEntry[];
}

export interface ToolEntry {
  readonly tool: Tool;
  readonly isDeferred: boolean;
}

/** Names Qwen Code used earlier; sessions of it may still hold them. Source: docs/formats.md 4.2. */
const LEGACY_NAMES: Readonly<Record<string, string>> = { replace: 'edit', search_file_content: 'grep_search', task: 'agent' };

export function createToolRegistry(tools: readonly Tool[]): ToolRegistry {
  const registry = createLayer(() => []);
  registry.add(tools);
  return registry;
}

function createLayer(above: () => readonly ToolEntry[]): ToolRegistry {
  const own = new Map<string, ToolEntry>();
  const shown = new Map<string, ToolSchema>();
  const revealed = new Set<string>();
  let schemas: readonly ToolSchema[] = [];

  const entries = () => {
    const inherited = above().filter(({ tool }) => !own.has(tool.name));
    return [...inherited, ...own.values()];
  };
  const isShown = ({ tool, isDeferred }: ToolEntry) => !isDeferred || revealed.has(tool.name);
  const refreshSchemas = () => {
    let hasChanged = false;
    for (const entry of entries()) {
      if (!isShown(entry)) continue;
      const schema = schemaOf(entry.tool);
      if (shown.get(entry.tool.name) === schema) continue;
      shown.set(entry.tool.name, schema);
      hasChanged = true;
    }
    if (hasChanged) schemas = [...shown.values()];
  };
  const find = (name: string) => own.get(name)?.tool ?? above().find(({ tool }) => tool.name === name)?.tool;
  const get = (name: string) => find(name) ?? find(LEGACY_NAMES[name] ?? name);

  return {
    get,
    entries,
    get names() {
      return entries().map(({ tool }) => tool.name);
    },
    get schemas() {
      refreshSchemas();
      return schemas;
    },
    refreshSchemas,
    get deferred() {
      return entries().flatMap((entry) => (isShown(entry) ? [] : [entry.tool]));
    },
    describe(name, input, context) {
      const tool = get(name);
      const parsed = tool?.input.safeParse(input);
      if (tool === undefined || parsed?.success !== true) return { verb: 'call', target: name, toolKind: tool?.kind ?? 'other' };
      return { ...tool.describe(parsed.data, context), toolKind: tool.kind };
    },
    add(tools, { deferred } = {}) {
      const added = tools.map((tool) => ({ tool, isDeferred: deferred ?? tool.deferred === true }));
      for (const entry of added) own.set(entry.tool.name, entry);
      return () => {
        for (const entry of added) if (own.get(entry.tool.name) === entry) own.delete(entry.tool.name);
      };
    },
    reveal(names) {
      const found = names.flatMap((name) => get(name) ?? []);
      for (const { name } of found) revealed.add(name);
      return found.map(schemaOf);
    },
    child: (allows = () => true) => createLayer(() => entries().filter(({ tool }) => allows(tool))),
  };
}

/** One value for each tool, so that an unchanged tool is recognised by identity. */
const schemaCache = new WeakMap<Tool, ToolSchema>();

function schemaOf(tool: Tool): ToolSchema {
  const known = schemaCache.get(tool);
  if (known !== undefined) return known;
  const schema = {
    name: tool.name,
    description: tool.description,
    kind: tool.kind,
    parameters: tool.parameters ?? parametersOf(tool.input),
  };
  schemaCache.set(tool, schema);
  return schema;
}

function parametersOf(input: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  return parameters;
}
