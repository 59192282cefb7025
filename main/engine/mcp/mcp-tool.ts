/** A server's tool as one of ours. The server's description is shown and passed on, and decides nothing. */
import { z } from 'zod';
import type { MediaPart } from '../provider/provider.ts';
import type { Tool, ToolContext, ToolResult } from '../tool/index.ts';
import { callResultText, resourceText, type ResultText, saveInto } from './call-result.ts';
import type { McpConnection } from './connection.ts';
import { McpFailure } from './failure-text.ts';
import { type ListedTool, plainText } from './tool-listing.ts';

const Arguments = z.record(z.string(), z.unknown());
type Arguments = z.infer<typeof Arguments>;

/** Of the arguments, in the approval. Unit: UTF-16 code units. */
const MAX_SHOWN_CHARS = 20_000;
const MAX_ROW_CHARS = 200;

/** `name` is the complete one, `mcp__server__tool`. `connection` returns the current one: settings may have changed it. */
export function createMcpTool(name: string, listed: ListedTool, connection: () => McpConnection | undefined): Tool {
  const server = () => connection()?.config.name ?? name.split('__')[1] ?? '';
  return {
    name,
    description: listed.description,
    kind: 'other',
    input: Arguments,
    parameters: listed.parameters,
    isReadOnly: false, // its own claim is not a reason to run it in parallel with others
    describe: () => ({ verb: 'call', target: plainText(`${server()}: ${listed.title ?? listed.name}`, MAX_ROW_CHARS) }),
    async preview(input) {
      return {
        ok: true,
        action: {
          code: 'call_server',
          tool: plainText(listed.name, MAX_ROW_CHARS),
          server: plainText(server(), MAX_ROW_CHARS),
        },
        display: { kind: 'text', text: shownArguments(Arguments.parse(input)) },
        touches: [],
        ...(connection()?.config.isTrusted === true ? { isTrusted: true } : {}),
      };
    },
    async execute(input, context, signal) {
      return answered(connection(), context, signal, async (live) => {
        const result = await live.call(listed.name, Arguments.parse(input), signal, (text) => context.progress({ kind: 'text', text }));
        return callResultText(result, saveInto(context.toolOutputDir, context.fs));
      });
    },
  };
}

const ReadInput = z.object({ server: z.string().min(1).max(300), uri: z.string().min(1).max(2_000) });

/** Reads a resource of any server of the project; the name is Qwen Code's. */
export function createReadResourceTool(find: (server: string) => McpConnection | undefined): Tool {
  return {
    name: 'read_mcp_resource',
    description: 'Read a resource of an MCP server by its uri.',
    kind: 'other',
    input: ReadInput,
    deferred: true,
    isReadOnly: false,
    describe(input) {
      const { server, uri } = ReadInput.parse(input);
      return { verb: 'read', target: plainText(`${server}: ${uri}`, MAX_ROW_CHARS) };
    },
    async preview(input) {
      const { server, uri } = ReadInput.parse(input);
      if (find(server) === undefined) return { ok: false, refusal: `There is no MCP server "${server}".` };
      return {
        ok: true,
        action: { code: 'read_resource', server: plainText(server, MAX_ROW_CHARS) },
        display: { kind: 'text', text: plainText(uri, 2_000) },
        touches: [],
        ...(find(server)?.config.isTrusted === true ? { isTrusted: true } : {}),
      };
    },
    async execute(input, context, signal) {
      const { server, uri } = ReadInput.parse(input);
      return answered(find(server), context, signal, async (live) => {
        const media: MediaPart[] = [];
        const text = await resourceText(await live.read(uri, signal), saveInto(context.toolOutputDir, context.fs), media);
        return { text, isError: false, media };
      });
    },
  };
}

async function answered(
  connection: McpConnection | undefined,
  context: ToolContext,
  signal: AbortSignal,
  ask: (connection: McpConnection) => Promise<ResultText>,
): Promise<ToolResult> {
  if (connection === undefined) return failed('This MCP server is no longer in the settings, or it is disabled.');
  try {
    const { text, isError, media } = await ask(connection);
    const summary = plainText(text.split('\n', 1)[0] ?? '', MAX_ROW_CHARS);
    const shown = media.length === 0 ? {} : { media };
    return { text, isError, summary, display: { kind: 'text', text: text.slice(0, MAX_SHOWN_CHARS) }, ...shown };
  } catch (error) {
    if (signal.aborted) return failed('Cancelled. The server was asked to stop.');
    if (error instanceof McpFailure) return failed(error.message);
    context.logger.warn('A call of an MCP server failed', { server: connection.config.name, error: String(error) });
    return failed(`The answer of the MCP server ${connection.config.name} could not be read.`);
  }
}

function failed(message: string): ToolResult {
  return { text: `Error: ${message}`, isError: true, summary: message, display: { kind: 'none' } };
}

/** Shows every value; a value that is too long states how much is omitted. */
function shownArguments(args: Arguments): string {
  const text = JSON.stringify(args, undefined, 2);
  if (text.length <= MAX_SHOWN_CHARS) return text;
  const half = MAX_SHOWN_CHARS / 2;
  return `${text.slice(0, half)}\n[... ${text.length - MAX_SHOWN_CHARS} characters are not shown ...]\n${text.slice(-half)}`;
}
