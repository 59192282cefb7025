/** Requests a server's lists page by page. */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { z } from 'zod';
import { type McpServerConfig, offersTool } from './server-config.ts';
import { type ListedPrompt, listedPrompt, type ListedResource, listedResource, type ListedTool, listedTool } from './tool-listing.ts';

export interface Listing {
  readonly tools: readonly ListedTool[];
  readonly prompts: readonly ListedPrompt[];
  readonly resources: readonly ListedResource[];
  /** The number of tools beyond the limit. */
  readonly toolsLeftOut: number;
}

const MAX_TOOLS = 500;
const MAX_PROMPTS = 200;
const MAX_RESOURCES = 1_000;
const MAX_PAGES = 100;

const Page = z.looseObject({ nextCursor: z.string().optional().catch(undefined) });

/** Errors: those of the library for the tools; other lists that fail count as empty. */
export async function listAll(client: Client, config: McpServerConfig, signal: AbortSignal): Promise<Listing> {
  const can = client.getServerCapabilities() ?? {};
  const list = async (method: string, key: string, max: number): Promise<{ found: readonly unknown[]; leftOut: number }> => {
    const found: unknown[] = [];
    let total = 0;
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const answer = await client.request({ method, params }, Page, { signal, timeout: config.discoveryMs });
      const items = answer[key];
      const rows: readonly unknown[] = Array.isArray(items) ? items : [];
      total += rows.length;
      found.push(...rows.slice(0, max - found.length));
      if (answer.nextCursor === undefined || answer.nextCursor === cursor) break;
      cursor = answer.nextCursor;
    }
    return { found, leftOut: total - found.length };
  };
  const none = { found: [], leftOut: 0 };
  // A server that claims to have prompts and then fails to list them still has its tools.
  const [tools, prompts, resources] = await Promise.all([
    can.tools === undefined ? none : list('tools/list', 'tools', MAX_TOOLS),
    can.prompts === undefined ? none : list('prompts/list', 'prompts', MAX_PROMPTS).catch(() => none),
    can.resources === undefined ? none : list('resources/list', 'resources', MAX_RESOURCES).catch(() => none),
  ]);
  return {
    tools: tools.found.flatMap((tool) => listedTool(tool) ?? []).filter((tool) => offersTool(config, tool.name)),
    prompts: prompts.found.flatMap((prompt) => listedPrompt(prompt) ?? []),
    resources: resources.found.flatMap((resource) => listedResource(resource) ?? []),
    toolsLeftOut: tools.leftOut,
  };
}
