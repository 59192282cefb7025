/**
 * One call from the model's words to its result: validate -> preview -> approve -> execute -> bound.
 * Whatever goes wrong is a result the model can act on; a throw of a tool is a bug, logged and told as an error.
 */
import type { z } from 'zod';
import type { ApprovalId, ToolDisplay, ToolItem } from '../../../preload/contract/index.ts';
import type { ApprovalBroker } from '../approval/approval-broker.ts';
import { judgePath, type PathFacts } from '../approval/protected-paths.ts';
import { lookAtCommand } from '../approval/shell/shell-facts.ts';
import type { ModelToolCall } from '../provider/provider.ts';
import { boundResult } from './bound-result.ts';
import type { Tool, ToolContext, ToolPreview, ToolResult } from './tool.ts';
import type { ToolRegistry } from './tool-registry.ts';

/** `text` is for the model, `summary` for people. `denied` and `cancelled` calls have a text as well. */
export interface ToolOutcome {
  readonly status: Extract<ToolItem['status'], 'success' | 'error' | 'denied' | 'cancelled'>;
  readonly text: string;
  readonly display: ToolDisplay;
  readonly summary: string;
  readonly media?: NonNullable<ToolResult['media']>;
}

export interface RunToolPorts {
  readonly registry: ToolRegistry;
  readonly broker: ApprovalBroker;
  readonly context: ToolContext;
  /** Folders that may be read besides the workspace: where our own outputs are. */
  readonly readableFolders: readonly string[];
  readonly onWaiting: (approvalId: ApprovalId, display: ToolDisplay) => void;
  /** The call leaves the queue of questions, whatever the answer was. */
  readonly onAnswered: () => void;
  readonly onRunning: (display: ToolDisplay) => void;
}

type Approvable = Extract<ToolPreview, { ok: true }>;

/** Never rejects. Errors: none thrown; see `ToolOutcome.status`. */
export async function runTool(call: ModelToolCall, ports: RunToolPorts, signal: AbortSignal): Promise<ToolOutcome> {
  try {
    return await run(call, ports, signal);
  } catch (error) {
    if (signal.aborted) return cancelledOutcome();
    ports.context.logger.error('A tool failed unexpectedly', {
      tool: call.name,
      error: error instanceof Error ? error.stack : String(error),
    });
    return failed(`${call.name} failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function cancelledOutcome(): ToolOutcome {
  return { status: 'cancelled', text: 'Cancelled by the user before it finished.', display: { kind: 'none' }, summary: 'Cancelled' };
}

async function run(call: ModelToolCall, ports: RunToolPorts, signal: AbortSignal): Promise<ToolOutcome> {
  const { registry } = ports;
  const context = { ...ports.context, catalog: registry };
  const tool = registry.get(call.name);
  if (tool === undefined) return failed(`There is no tool "${call.name}". The tools are: ${toolNames(registry.names)}.`);
  if (call.problem !== undefined) return failed(`The arguments of ${call.name} are not valid JSON: ${call.problem}`);
  const input = tool.input.safeParse(call.input);
  if (!input.success) return failed(`Invalid arguments for ${call.name}: ${explain(input.error)}`);

  const preview = await tool.preview(input.data, context);
  if (!preview.ok) return failed(preview.refusal);
  const refusal = await approve(tool, preview, ports, signal);
  if (refusal !== undefined) return refusal;

  ports.onRunning(preview.display);
  const result = await tool.execute(input.data, context, signal);
  const text = await boundResult(result.text, tool, context);
  const status = result.isError ? (signal.aborted ? 'cancelled' : 'error') : 'success';
  const media = result.media === undefined ? {} : { media: result.media };
  return { status, text, display: result.display, summary: result.summary, ...media };
}

async function approve(tool: Tool, preview: Approvable, ports: RunToolPorts, signal: AbortSignal): Promise<ToolOutcome | undefined> {
  const { context } = ports;
  const isReading = tool.kind === 'read' || tool.kind === 'search' || tool.kind === 'task';
  const roots = [context.root, ...context.extraFolders, ...(isReading ? ports.readableFolders : [])];
  const judge = async (path: string): Promise<PathFacts> => judgePath(await context.fs.realPath(path), path, roots);
  const request = {
    toolCallId: context.toolCallId,
    toolName: tool.name,
    toolKind: tool.kind,
    preview,
    touches: await Promise.all(preview.touches.map(judge)),
    ...(preview.cwd === undefined ? {} : { cwd: await judge(preview.cwd) }),
    ...(preview.command === undefined ? {} : { shell: await lookAt(preview.command, preview.cwd, ports) }),
  };
  let isWaiting = false;
  const outcome = await ports.broker.ask(request, signal, (approvalId) => {
    isWaiting = true;
    ports.onWaiting(approvalId, preview.display);
  });
  if (isWaiting) ports.onAnswered();
  switch (outcome.kind) {
    case 'allowed':
      return undefined;
    case 'cancelled':
      return cancelledOutcome();
    case 'denied': {
      const summary = outcome.by === 'user' ? 'Refused by you' : outcome.refusal;
      return { status: 'denied', text: outcome.refusal, display: preview.display, summary };
    }
    default:
      return outcome satisfies never;
  }
}

/** Servers may bring hundreds. */
const MAX_NAMED_TOOLS = 60;

function toolNames(names: readonly string[]): string {
  const more = names.length > MAX_NAMED_TOOLS ? `, and ${names.length - MAX_NAMED_TOOLS} more (tool_search finds them)` : '';
  return `${names.slice(0, MAX_NAMED_TOOLS).join(', ')}${more}`;
}

async function lookAt(command: string, cwd: string | undefined, { context, readableFolders }: RunToolPorts) {
  const roots = [context.root, ...context.extraFolders];
  const { HOME: home } = await context.childEnv();
  const { fs, logger } = context;
  return lookAtCommand(command, { cwd: cwd ?? context.root, home, roots, readableRoots: [...roots, ...readableFolders], fs, logger });
}

function failed(message: string): ToolOutcome {
  return { status: 'error', text: message, display: { kind: 'none' }, summary: message };
}

/** Names each field: a model corrects what it can locate. */
function explain(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.length === 0 ? 'input' : issue.path.join('.')}: ${issue.message}`).join('; ');
}
