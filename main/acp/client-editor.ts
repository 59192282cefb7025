/** The editor behind a connection: its texts and its MCP servers, in the form that the engine takes. */
import { type AgentContext, type ClientCapabilities, type McpServer, methods, RequestError } from '@agentclientprotocol/sdk';
import { McpServerDraft, type SessionId } from '../../preload/contract/index.ts';
import { type Editor, EngineError } from '../engine/index.ts';
import { field } from '../acp-shapes/index.ts';
import { invalidParams } from './request-errors.ts';

export interface EditorFacts {
  readonly capabilities: ClientCapabilities | undefined;
  readonly servers: Editor['servers'];
}

/** An editor that does not answer must not stop a turn for good. Unit: ms. */
const ANSWER_MS = 30_000;

const NOT_FOUND = -32002;
/** What Qwen Code's daemon says for paths that it does not share. */
const NOT_SHARED = ['path_outside_workspace', 'symlink_escape'];

export function createClientEditor(client: AgentContext, sessionId: SessionId, { capabilities, servers }: EditorFacts): Editor {
  const { readTextFile = false, writeTextFile = false } = capabilities?.fs ?? {};
  const options = () => ({ cancellationSignal: AbortSignal.timeout(ANSWER_MS), stopWaitingOnCancel: true });
  return {
    servers,
    files: {
      ...(readTextFile !== true
        ? {}
        : {
            async readText(path) {
              try {
                const answer: unknown = await client.request(methods.client.fs.readTextFile, { sessionId, path }, options());
                const content = field(answer, 'content');
                if (typeof content === 'string') return content;
              } catch (error) {
                if (isUnknownFile(error)) return undefined;
                throw new EngineError('file_unreadable', `The editor could not give the text of ${path}: ${wordsOf(error)}`, {
                  cause: error,
                });
              }
              throw new EngineError('file_unreadable', `The editor answered without the text of ${path}.`);
            },
          }),
      ...(writeTextFile !== true
        ? {}
        : {
            async writeText(path, content) {
              try {
                await client.request(methods.client.fs.writeTextFile, { sessionId, path, content }, options());
                return true;
              } catch (error) {
                if (isUnknownFile(error)) return false;
                throw new EngineError('file_unwritable', `The editor could not write ${path}: ${wordsOf(error)}`, { cause: error });
              }
            },
          }),
    },
  };
}

function isUnknownFile(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  return error.code === NOT_FOUND || NOT_SHARED.includes(String(field(error.data, 'errorKind')));
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

const MAX_SERVERS = 50;

/** By name. Errors: `RequestError` -32602. */
export function toServerDrafts(given: readonly McpServer[]): ReadonlyMap<string, McpServerDraft> {
  if (given.length > MAX_SERVERS) throw invalidParams(`A session can have at most ${MAX_SERVERS} MCP servers of the editor.`);
  const drafts = new Map<string, McpServerDraft>();
  for (const server of given) {
    const { name } = server;
    if (name === '' || name.length > 100) throw invalidParams('The name of an MCP server has 1 to 100 characters.');
    if (drafts.has(name)) throw invalidParams(`Two MCP servers are called ${name}.`);
    const parsed = McpServerDraft.safeParse(toDraft(server));
    if (!parsed.success) throw invalidParams(`The MCP server ${name} is not valid: check its command, or its address and headers.`);
    drafts.set(name, parsed.data);
  }
  return drafts;
}

function toDraft(server: McpServer): unknown {
  const values = (list: readonly { readonly name: string; readonly value: string }[]) =>
    Object.fromEntries(list.map(({ name, value }) => [name, value]));
  if (!('type' in server)) return { transport: 'stdio', command: server.command, args: server.args, env: values(server.env) };
  return { transport: server.type, url: server.url, headers: values(server.headers) };
}

/** In the form of `mcpServers`. */
export function toServerEntries(drafts: ReadonlyMap<string, McpServerDraft>): Editor['servers'] {
  return Object.fromEntries([...drafts].map(([name, draft]) => [name, toEntry(draft)]));
}

function toEntry(draft: McpServerDraft): Record<string, unknown> {
  switch (draft.transport) {
    case 'stdio':
      return { command: draft.command, args: draft.args, env: draft.env ?? {} };
    case 'http':
      return { httpUrl: draft.url, headers: draft.headers ?? {} };
    case 'sse':
      return { url: draft.url, headers: draft.headers ?? {} };
    default:
      return draft satisfies never;
  }
}
