/**
 * Runs one tool call: validate -> preview -> approve -> execute -> bound.
 * Every failure is a result that the model can act on; an exception from a tool is a bug, which is logged and reported as an
 * error.
 */
import type { z } from 'zod';
import {
  type ApprovalId,
  type CommandMarkCode,
  defined,
  type ToolDisplay,
  type ToolItem,
  type ToolProblem,
} from '../../../preload/contract/index.ts';
import {
  type ApprovalBroker,
  type ApprovalRequest,
  classifyPath,
  type PathFacts,
  type RunPlan,
  type ToolPreview,
} from '../approval/index.ts';
import type { ModelToolCall } from '../provider/provider.ts';
import { boundResult } from './bound-result.ts';
import { lookAt } from './command/look-at-command.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';
import type { ToolRegistry } from './tool-registry.ts';

/** `text` is for the model, `summary` for people. `denied` and `cancelled` calls have a text as well. */
export interface ToolOutcome {
  readonly status: Extract<ToolItem['status'], 'success' | 'error' | 'denied' | 'cancelled'>;
  readonly text: string;
  readonly display: ToolDisplay;
  readonly summary: string;
  readonly problem?: ToolProblem;
  readonly media?: NonNullable<ToolResult['media']>;
  readonly shownAs?: NonNullable<ToolResult['shownAs']>;
}

export interface RunToolPorts {
  readonly registry: ToolRegistry;
  readonly broker: ApprovalBroker;
  readonly context: ToolContext;
  /** Folders that may be read besides the workspace: those of our own outputs. */
  readonly readableFolders: readonly string[];
  readonly onWaiting: (approvalId: ApprovalId, display: ToolDisplay) => void;
  /** The call leaves the queue of approvals, whatever the answer was. */
  readonly onAnswered: () => void;
  readonly onRunning: (display: ToolDisplay) => void;
  /** The user has allowed the call with these arguments instead. */
  readonly onChanged: (input: Record<string, unknown>) => void;
  /** Digest of the call that a person has approved already; see `ApprovalRequest`. */
  readonly approvedCall?: string;
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
  const text = 'Cancelled by the user before it finished.';
  return { status: 'cancelled', text, display: { kind: 'none' }, summary: 'Cancelled', problem: 'cancelled' };
}

async function run(call: ModelToolCall, ports: RunToolPorts, signal: AbortSignal, isGivenByUser = false): Promise<ToolOutcome> {
  const { registry } = ports;
  const context = { ...ports.context, catalog: registry };
  const prepared = await prepareCall(call, { ...ports, context });
  if (!prepared.ok) return failed(prepared.why);
  const { tool, input } = prepared;
  const request = isGivenByUser ? { ...prepared.request, isGivenByUser } : prepared.request;
  const { preview } = request;
  const approved = await approve(request, ports, signal);
  if ('changed' in approved) return runChanged(call, approved.changed, ports, signal);
  if (!approved.ok) return approved.refusal;

  ports.onRunning(preview.display);
  const result = await tool.execute(input, { ...context, ...defined({ run: approved.run, marks: marksOf(request) }) }, signal);
  const text = await boundResult(result.text, tool, context);
  const status = result.isError ? (signal.aborted ? 'cancelled' : 'error') : 'success';
  const media = result.media === undefined ? {} : { media: result.media };
  const shown = result.shownAs === undefined ? {} : { shownAs: result.shownAs };
  return { status, text, display: result.display, summary: result.summary, ...media, ...shown };
}

/** Unit: UTF-16 code units. */
const MAX_INPUT_CHARS = 4000;

/** The same as if the model had made the call with these arguments, and the user had allowed it. */
async function runChanged(
  { id, name }: ModelToolCall,
  changed: Readonly<Record<string, unknown>>,
  ports: RunToolPorts,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const input = { ...changed };
  ports.onChanged(input);
  const outcome = await run({ id, name, input }, ports, signal, true);
  const text = JSON.stringify(input);
  const shown = text.length > MAX_INPUT_CHARS ? `${text.slice(0, MAX_INPUT_CHARS)}...` : text;
  return { ...outcome, text: `The user changed the arguments of this call to ${shown}\n\n${outcome.text}` };
}

/** `why` is for the model: the call cannot work. */
export type PreparedCall =
  | { readonly ok: true; readonly tool: Tool; readonly input: unknown; readonly request: ApprovalRequest }
  | { readonly ok: false; readonly why: string };

/** Everything before the approval: what the call is, and what it would do. Changes nothing. */
export async function prepareCall(
  call: ModelToolCall,
  ports: Pick<RunToolPorts, 'registry' | 'context' | 'readableFolders'>,
): Promise<PreparedCall> {
  const { registry, context } = ports;
  const no = (why: string) => ({ ok: false, why }) as const;
  const tool = registry.get(call.name);
  if (tool === undefined) return no(`There is no tool "${call.name}". The tools are: ${toolNames(registry.names)}.`);
  if (call.problem !== undefined) return no(`The arguments of ${call.name} are not valid JSON: ${call.problem}`);
  const input = tool.input.safeParse(call.input);
  if (!input.success) return no(`Invalid arguments for ${call.name}: ${explain(input.error)}`);
  const preview = await tool.preview(input.data, context);
  if (!preview.ok) return no(preview.refusal);
  return { ok: true, tool, input: input.data, request: await requestOf(tool, preview, ports) };
}

async function requestOf(
  tool: Tool,
  preview: Approvable,
  ports: Pick<RunToolPorts, 'context' | 'readableFolders'>,
): Promise<ApprovalRequest> {
  const { context } = ports;
  const isReading = tool.kind === 'read' || tool.kind === 'search' || tool.kind === 'task';
  const roots = [context.root, ...context.extraFolders, ...(isReading ? ports.readableFolders : [])];
  const locate = async (path: string): Promise<PathFacts> => classifyPath(await context.fs.realPath(path), path, roots, context.home);
  return {
    toolCallId: context.toolCallId,
    toolName: tool.name,
    toolKind: tool.kind,
    preview,
    touches: await Promise.all(preview.touches.map(locate)),
    ...(preview.cwd === undefined ? {} : { cwd: await locate(preview.cwd) }),
    ...(preview.command === undefined ? {} : { shell: await lookAt(preview.command, preview.cwd, ports) }),
  };
}

function marksOf({ shell }: ApprovalRequest): readonly CommandMarkCode[] | undefined {
  const codes = [...new Set(shell?.marks.map(({ code }) => code))];
  return codes.length === 0 ? undefined : codes;
}

type Approved =
  | { readonly changed: Readonly<Record<string, unknown>> }
  | { readonly ok: true; readonly run: RunPlan | undefined }
  | { readonly ok: false; readonly refusal: ToolOutcome };

async function approve(request: ApprovalRequest, ports: RunToolPorts, signal: AbortSignal): Promise<Approved> {
  const { preview } = request;
  const { approvedCall } = ports;
  let isWaiting = false;
  const outcome = await ports.broker.ask(approvedCall === undefined ? request : { ...request, approvedCall }, signal, (approvalId) => {
    isWaiting = true;
    ports.onWaiting(approvalId, preview.display);
  });
  if (isWaiting) ports.onAnswered();
  switch (outcome.kind) {
    case 'allowed':
      return { ok: true, run: outcome.run };
    case 'changed':
      return { changed: outcome.input };
    case 'cancelled':
      return { ok: false, refusal: cancelledOutcome() };
    case 'denied': {
      const common = { status: 'denied', text: outcome.refusal, display: preview.display } as const;
      if (outcome.by === 'policy') return { ok: false, refusal: { ...common, summary: outcome.refusal } };
      return { ok: false, refusal: { ...common, summary: 'Refused by you', problem: 'refused' } };
    }
    default:
      return outcome satisfies never;
  }
}

/** Servers may provide hundreds. */
const MAX_NAMED_TOOLS = 60;

function toolNames(names: readonly string[]): string {
  const more = names.length > MAX_NAMED_TOOLS ? `, and ${names.length - MAX_NAMED_TOOLS} more (tool_search finds them)` : '';
  return `${names.slice(0, MAX_NAMED_TOOLS).join(', ')}${more}`;
}

function failed(message: string): ToolOutcome {
  return { status: 'error', text: message, display: { kind: 'none' }, summary: message };
}

/** Names each field: a model can correct only what it can locate. */
function explain(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.length === 0 ? 'input' : issue.path.join('.')}: ${issue.message}`).join('; ');
}
