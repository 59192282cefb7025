/** Lists and reads what servers have besides tools: prompts and resources. */
import type { ProjectId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { promptText, resourceText, type SaveBytes } from './call-result.ts';
import type { McpConnection } from './connection.ts';
import { McpFailure } from './failure-text.ts';
import type { Mcp } from './mcp-api.ts';
import type { ProjectServers } from './project-servers.ts';
import { findReferences } from './references.ts';

export interface McpContentDeps {
  readonly getServers: (projectId: ProjectId) => Promise<ProjectServers>;
  /** Errors: `mcp_server_unknown`. */
  readonly find: (projectId: ProjectId, name: string) => Promise<McpConnection>;
  /** Where binary content is saved. */
  readonly saver: (projectId: ProjectId) => SaveBytes;
}

export type McpContent = Pick<Mcp, 'prompts' | 'promptText' | 'resources' | 'readResource' | 'expandReferences'>;

export function createMcpContent({ getServers, find, saver }: McpContentDeps): McpContent {
  const ready = async (projectId: ProjectId) =>
    (await getServers(projectId)).all().filter((connection) => connection.state().kind === 'ready');

  async function readResource(projectId: ProjectId, server: string, uri: string, signal: AbortSignal): Promise<string> {
    const connection = await find(projectId, server);
    return asked(connection.read(uri, signal).then((result) => resourceText(result, saver(projectId))));
  }

  return {
    async prompts(projectId) {
      const servers = await ready(projectId);
      return servers.flatMap(({ config, listing }) => listing().prompts.map((prompt) => ({ ...prompt, server: config.name })));
    },
    async promptText(projectId, { server, name, args }, signal) {
      const connection = await find(projectId, server);
      return asked(connection.prompt(name, args, signal).then((result) => promptText(result, saver(projectId))));
    },
    async resources(projectId) {
      const servers = await ready(projectId);
      return servers.flatMap(({ config, listing }) => listing().resources.map((resource) => ({ ...resource, server: config.name })));
    },
    readResource,
    async expandReferences(projectId, text, signal) {
      if (!text.includes('@')) return [];
      const names = (await getServers(projectId)).all().map(({ config }) => config.name);
      return Promise.all(
        findReferences(text, names).map(async ({ reference, server, uri }) => {
          try {
            return { reference, text: await readResource(projectId, server, uri, signal), isError: false };
          } catch (error) {
            return { reference, text: error instanceof Error ? error.message : String(error), isError: true };
          }
        }),
      );
    },
  };
}

async function asked(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof McpFailure) throw new EngineError('mcp_failed', error.message, { cause: error });
    throw error;
  }
}
