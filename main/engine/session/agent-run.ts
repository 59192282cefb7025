/** Runs one subagent: a turn of its own, whose rows, usage and messages belong to the parent session. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  ItemId,
  type QueuedPrompt,
  type TaskId,
  type TranscriptItem,
  TurnId,
  type TurnResult,
  type Usage,
} from '../../../preload/contract/index.ts';
import type { ApprovalBroker } from '../approval/index.ts';
import type { SessionOptions } from '../engine-api.ts';
import { assertNever } from '../lib/assert-never.ts';
import type { Agent, AgentRun, AgentTask } from '../subagent/index.ts';
import type { ToolContext, ToolRegistry } from '../tool/index.ts';
import { runTurn, type TurnControl, type TurnOutput } from '../turn/index.ts';
import {
  type AgentRows,
  createAgentRows,
  createTelemetryRecords,
  type RecordDraft,
  taskExecution,
  type TelemetryRecords,
  toRowTitle,
} from '../transcript/index.ts';
import { emptySession } from '../session-file/index.ts';
import { createConversation, type Conversation } from './conversation.ts';
import type { SessionIdentity } from './session-deps.ts';
import { createSessionSystem } from './session-system.ts';
import type { SessionContext } from './session-context.ts';

/** Applies when neither the agent's file nor the call sets a limit. */
const MAX_TURNS = 100;

export interface SubagentContext {
  readonly context: SessionContext;
  /** Without the hooks of the session's own calls. */
  readonly approvals: ApprovalBroker;
  readonly model: () => SessionOptions['model'];
  readonly extraFolders: readonly string[];
}

/** Messages that the subagent reads at its next step. */
export interface Inbox {
  readonly waiting: QueuedPrompt[];
}

export interface AgentJob {
  readonly request: AgentRun;
  readonly toolContext: ToolContext;
  readonly control: TurnControl;
  /** 1: started by the session itself. */
  readonly depth: number;
  readonly inbox: Inbox;
  readonly task: AgentTask;
}

export interface AgentEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly text: string;
  /** The record in Qwen Code's format. */
  readonly shownAs?: Readonly<Record<string, unknown>>;
}

/** Rows appear while the subagent works, and its records are complete once it has ended. Errors: those of the file; the caller reports them. */
export async function runAgent(
  job: AgentJob,
  { context, approvals, model, extraFolders }: SubagentContext,
  registry: ToolRegistry,
): Promise<AgentEnd> {
  const { request, toolContext, control, inbox, task } = job;
  const { agent, prompt } = request;
  const { identity, deps, tools, hooks, view } = context;
  const parentId = toolContext.toolCallId;
  const conversation = createConversation(emptySession(), deps.clock.now());
  const isInBackground = task.placement === 'background';
  const facts = { agent_id: isInBackground ? task.id : parentId, agent_type: agent.name };
  const startAnswer = await hooks.run({ event: 'SubagentStart', subject: agent.name, fields: facts }, control.signal);
  conversation.add({ role: 'user', text: [prompt, ...startAnswer.context].join('\n\n') });
  const rows = createAgentRows(parentId);
  const first = { kind: 'user', id: ItemId.parse(randomUUID()), text: prompt, createdAtMs: deps.clock.now(), parentId } as const;
  await appendRecords(context, rows.set(first));
  view.addItem(first);
  const { compactAt, allowsLoops } = await identity.project.runSettings();
  const subagentIdentity = { ...identity, options: { systemPrompt: agent.systemPrompt } };
  const systemContext = createSessionSystem(subagentIdentity, extraFolders, { ...deps, lentServers: context.editor.servers }, () =>
    Promise.resolve(),
  ); // the session has already shown its memory files
  const hooked = hooks.toolsOf(control);
  let continuations = 0;
  const outputs = runTurn({
    turnId: TurnId.parse(randomUUID()),
    startedAtMs: deps.clock.now(),
    control,
    resolveModel: async () => deps.providers.resolve(identity.project, (await getModel(agent, identity)) ?? model()),
    systemPrompt: async () => (await systemContext()).text,
    history: conversation.messages,
    registry: hooked.registry(registry),
    toolContext: isInBackground ? commandContext(task.id, context) : tools.context,
    broker: hooked.broker({
      ...approvals,
      ask: (asked, signal, onWaiting) =>
        approvals.ask(agent.approvalMode === undefined ? asked : { ...asked, modeAtMost: agent.approvalMode }, signal, onWaiting),
    }),
    readableFolders: tools.readableFolders,
    takeCallId: context.conversation.takeCallId,
    limits: { maxTurns: agent.maxTurns ?? MAX_TURNS, allowsLoops },
    steering: {
      take: () => inbox.waiting.splice(0),
      contentOf: async () => ({ attached: '', media: [], unread: [] }),
      recordIdOf: () => undefined,
      onWritten: () => undefined,
      restore: (prompts) => void inbox.waiting.unshift(...prompts),
    },
    async beforeEnd(lastText) {
      const [waiting] = inbox.waiting.splice(0, 1);
      if (waiting !== undefined) return waiting.text;
      const agent_transcript_path = join(identity.project.chatsDir, `${identity.id}.jsonl`); // its records are in the session's file
      const fields = { ...facts, agent_transcript_path, stop_hook_active: continuations > 0, last_assistant_message: lastText };
      const answer = await hooks.run({ event: 'SubagentStop', subject: agent.name, fields }, control.signal);
      continuations += 1;
      return continuations > 10 || answer.stop !== undefined ? undefined : answer.block;
    },
    context: { usage: conversation.usage, compactAt, compactions: conversation.compactions },
    onToolResult(callId, text) {
      identity.options.onToolResult?.(callId, text);
      context.editor.onToolResult(callId, text);
    },
    retry: await deps.retryFor({ unattended: identity.options.unattendedRetry ?? identity.options.unattended ?? false }, identity.project),
    clock: deps.clock,
    logger: deps.logger,
  });
  const telemetry = createTelemetryRecords({
    promptId: `${identity.id}########agent-${parentId}`,
    modelId: agent.model ?? '',
    nowMs: () => deps.clock.now(),
  });
  const target: AgentTarget = { context, parentId, conversation, task, rows, telemetry, usage: { last: undefined } };
  let result: TurnResult | undefined;
  for await (const output of outputs) result = (await applyOutput(output, target)) ?? result;
  const end = { ...toEnd(result, conversation), result, rows: rows.all() };
  const about = { callId: parentId, type: agent.name, description: request.description, prompt };
  await appendRecords(context, rows.end(deps.clock.now()));
  return { status: end.status, text: end.text, shownAs: taskExecution(about, end) };
}

/** The model that the agent's file names; undefined: the session's. */
async function getModel({ model }: Agent, { project }: SessionIdentity): Promise<{ readonly modelId: string } | undefined> {
  const modelId = model === 'fast' ? (await project.extensionSettings()).fastModel : model;
  return modelId === undefined ? undefined : { modelId };
}

/** Commands of a background subagent are listed as background tasks, because its row is rarely open. */
function commandContext(ofAgent: TaskId, { tools, deps }: SessionContext): SessionContext['tools']['context'] {
  const tasks: ToolContext['tasks'] = { ...deps.tasks, start: (request, signal) => deps.tasks.start({ ...request, ofAgent }, signal) };
  return (toolCallId, progress) => ({ ...tools.context(toolCallId, progress), tasks });
}

/** If the file cannot be written, the subagent continues. */
async function appendRecords({ store, deps }: SessionContext, drafts: readonly RecordDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await store
    .append(drafts)
    .catch((error: unknown) => deps.logger.warn('The records of a subagent were not written', { error: String(error) }));
}

interface AgentTarget {
  readonly context: SessionContext;
  readonly parentId: ItemId;
  readonly conversation: Conversation;
  readonly task: AgentTask;
  readonly rows: AgentRows;
  readonly telemetry: TelemetryRecords;
  /** The last usage that its turn reported. */
  readonly usage: { last: Usage | undefined };
}

/** Rows belong to the session, the history to the subagent. Of the turn's own changes only the usage is passed on. */
async function applyOutput(output: TurnOutput, target: AgentTarget): Promise<TurnResult | undefined> {
  const { context, parentId, conversation, task, rows, telemetry, usage } = target;
  const { view } = context;
  switch (output.kind) {
    case 'message':
      conversation.add(output.message);
      return undefined;
    case 'history_replaced':
      conversation.replaceHistory(output.messages, output.tokens);
      return undefined;
    case 'item_added':
      view.addItem({ ...output.item, parentId });
      task.showActivity(toActivityLine(output.item));
      await appendRecords(context, rows.set({ ...output.item, parentId }));
      return undefined;
    case 'item_changed':
      view.changeItem({ ...output.item, parentId });
      await appendRecords(context, rows.set({ ...output.item, parentId }));
      return undefined;
    case 'item_removed':
      rows.remove(output.itemId);
      view.removeItem(output.itemId);
      return undefined;
    case 'delta':
      view.delta(output.itemId, output.part, output.offsetChars, output.text);
      return undefined;
    case 'record':
      await appendRecords(context, telemetry.before(output.draft));
      return undefined;
    case 'turn_changed':
      context.subagentUsage.add(output.turn.usage, usage.last);
      usage.last = output.turn.usage ?? usage.last;
      await appendRecords(context, telemetry.turnChanged(output.turn));
      return undefined;
    case 'ended':
      await appendRecords(context, telemetry.ended(output.result));
      return output.result;
    case 'context_changed':
      return undefined;
    default:
      return assertNever(output);
  }
}

function toActivityLine(item: TranscriptItem): string {
  return item.kind === 'tool' ? toRowTitle(item) : (item.text.split('\n', 1)[0] ?? '');
}

function toEnd(result: TurnResult | undefined, conversation: Conversation): Pick<AgentEnd, 'status' | 'text'> {
  const last = conversation.messages().findLast((message) => message.role === 'assistant' && message.text.trim() !== '');
  const text = last?.role === 'assistant' ? last.text.trim() : '';
  switch (result?.end) {
    case 'completed':
      return { status: 'completed', text: text === '' ? 'The subagent ended without a message.' : text };
    case 'cancelled':
    case 'interrupted':
      return { status: 'cancelled', text: `The subagent was stopped.${text === '' ? '' : ` Its last message: ${text}`}` };
    case 'max_turns':
      return { status: 'failed', text: `The subagent reached its request limit.${text === '' ? '' : ` Its last message: ${text}`}` };
    default:
      return {
        status: 'failed',
        text: `The subagent failed: ${result?.error?.message ?? 'for an unknown reason'}${text === '' ? '' : `\nIts last message: ${text}`}`,
      };
  }
}
