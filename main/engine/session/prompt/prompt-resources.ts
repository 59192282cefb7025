/** Resources of MCP servers that a prompt names as `@server:uri`. */
import type { ProjectId } from '../../../../preload/contract/index.ts';
import type { McpReference } from '../../mcp/index.ts';
import type { PromptContent, UnreadFile } from '../../mention/index.ts';
import type { SessionDeps } from '../session-deps.ts';

/** A server that does not answer delays the prompt at most this long. Unit: ms. */
const READ_MS = 10_000;
/** Limit for one resource. Unit: UTF-16 code units. */
const MAX_CHARS = 50_000;

/** Never rejects. */
export async function namedResources(projectId: ProjectId, text: string, { mcp, logger }: SessionDeps): Promise<readonly McpReference[]> {
  try {
    return await mcp.expandReferences(projectId, text, AbortSignal.timeout(READ_MS));
  } catch (error) {
    logger.warn('MCP resources of a prompt could not be read', { error: String(error) });
    return [];
  }
}

/** Pure. A name that turned out to be a resource is removed from the missing files. */
export function withResources(files: PromptContent, resources: readonly McpReference[]): PromptContent {
  if (resources.length === 0) return files;
  const names = new Set(resources.map(({ reference }) => reference.slice(1)));
  const read = resources.filter(({ isError }) => !isError).map(({ reference, text }) => `Resource ${reference}:\n${bounded(text)}`);
  const lost = resources
    .filter(({ isError }) => isError)
    .map(({ reference, text }): UnreadFile => ({ path: reference.slice(1), why: text, cause: { code: 'other', message: text } }));
  return {
    ...files,
    attached: [files.attached, ...read].filter((part) => part !== '').join('\n\n'),
    unread: [...files.unread.filter(({ path }) => !names.has(path)), ...lost],
  };
}

function bounded(text: string): string {
  return text.length <= MAX_CHARS
    ? text
    : `${text.slice(0, MAX_CHARS)}\n[${text.length - MAX_CHARS} more characters omitted; read_mcp_resource returns the whole text]`;
}
