/** One subagent at work: a turn of its own, whose rows, costs and words go to the session it belongs to. */
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
} from '../transcript/index.ts';
import { emptySession } from '../session-file/index.ts';
import { createConversation, type Conversation } from './conversation.ts';
import type { SessionIdentity } from './session-deps.ts';
import { createSessionSystem } from './session-system.ts';
import type { TurnSurroundings } from './session-context.ts';

/** Where neither its file nor the call says more. */
const MAX_TURNS = 100;

export interface AgentsOwner {
  readonly around: TurnSurroundings;
  /** Without the hooks of the session's own calls. */
  readonly approvals: ApprovalBroker;
  readonly model: () => SessionOptions['model'];
  readonly extraFolders: readonly string[];
}

/** A message waits here until the subagent's next step. */
export interface Mailbox {
  readonly waiting: QueuedPrompt[];
}

export interface AgentJob {
  readonly request: AgentRun;
  readonly context: ToolContext;
  readonly control: TurnControl;
  /** 1: begun by the session itself. */
  readonly depth: number;
  readonly mailbox: Mailbox;
  readonly task: AgentTask;
}

export interface AgentEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly text: string;
  /** For Qwen Code's eyes. */
  readonly shownAs?: Readonly<Record<string, unknown>>;
}

/** What it does is shown as it comes, and in the file once it has ended. Errors: those of the file; the owner tells them. */
export async function runAgent(
  job: AgentJob,
  { around, approvals, model, extraFolders }: AgentsOwner,
  registry: ToolRegistry,
): Promise<AgentEnd> {
  const { request, context, control, mailbox, task } = job;
  const { agent, prompt } = request;
  const { identity, deps, tools, hooks, view } = around;
  const parentId = context.toolCallId;
  const conversation = createConversation(emptySession(), deps.clock.now());
  const isInBackground = task.placement === 'background';
  const facts = { agent_id: isInBackground ? task.id : parentId, agent_type: agent.name };
  const begun = await hooks.run({ event: 'SubagentStart', subject: agent.name, fields: facts }, control.signal);
  conversation.add({ role: 'user', text: [prompt, ...begun.context].join('\n\n') });
  const rows = createAgentRows(parentId);
  const first = { kind: 'user', id: ItemId.parse(randomUUID()), text: prompt, createdAtMs: deps.clock.now(), parentId } as const;
  await keep(around, rows.set(first));
  view.addItem(first);
  const { compactAt, allowsLoops } = await identity.project.runSettings();
  const own = { ...identity, options: { systemPrompt: agent.systemPrompt } };
  const systemContext = createSessionSystem(own, extraFolders, deps, () => Promise.resolve()); // the session has told of its memory
  const hooked = hooks.toolsOf(control);
  let goneOn = 0;
  const outputs = runTurn({
    turnId: TurnId.parse(randomUUID()),
    startedAtMs: deps.clock.now(),
    control,
    resolveModel: async () => deps.providers.resolve(identity.project, (await modelOf(agent, identity)) ?? model()),
    systemPrompt: async () => (await systemContext()).text,
    history: conversation.messages,
    registry: hooked.registry(registry),
    toolContext: isInBackground ? commandsOf(task.id, around) : tools.context,
    broker: hooked.broker({
      ...approvals,
      ask: (asked, signal, onWaiting) =>
        approvals.ask(agent.approvalMode === undefined ? asked : { ...asked, modeAtMost: agent.approvalMode }, signal, onWaiting),
    }),
    readableFolders: tools.readableFolders,
    takeCallId: around.conversation.takeCallId,
    limits: { maxTurns: agent.maxTurns ?? MAX_TURNS, allowsLoops },
    steering: {
      take: () => mailbox.waiting.splice(0),
      contentOf: async () => ({ attached: '', media: [], unread: [] }),
      recordIdOf: () => undefined,
      told: () => undefined,
      giveBack: (prompts) => void mailbox.waiting.unshift(...prompts),
    },
    async beforeEnd(lastText) {
      const [waiting] = mailbox.waiting.splice(0, 1);
      if (waiting !== undefined) return waiting.text;
      const agent_transcript_path = join(identity.project.chatsDir, `${identity.id}.jsonl`); // what it did stands in its session's file
      const fields = { ...facts, agent_transcript_path, stop_hook_active: goneOn > 0, last_assistant_message: lastText };
      const answer = await hooks.run({ event: 'SubagentStop', subject: agent.name, fields }, control.signal);
      goneOn += 1;
      return goneOn > 10 || answer.stop !== undefined ? undefined : answer.block;
    },
    context: { usage: conversation.usage, compactAt, compactions: conversation.compactions },
    retry: await deps.retryFor({ unattended: identity.options.unattendedRetry ?? identity.options.unattended ?? false }),
    clock: deps.clock,
    logger: deps.logger,
  });
  const telemetry = createTelemetryRecords({
    promptId: `${identity.id}########agent-${parentId}`,
    modelId: agent.model ?? '',
    nowMs: () => deps.clock.now(),
  });
  const target: AgentTarget = { around, parentId, conversation, task, rows, telemetry, spent: { last: undefined } };
  let result: TurnResult | undefined;
  for await (const output of outputs) result = (await perform(output, target)) ?? result;
  const end = { ...endOf(result, conversation), result, rows: rows.all() };
  const about = { callId: parentId, type: agent.name, description: request.description, prompt };
  await keep(around, rows.end(deps.clock.now()));
  return { status: end.status, text: end.text, shownAs: taskExecution(about, end) };
}

/** What its file wants; undefined: the session's. */
async function modelOf({ model }: Agent, { project }: SessionIdentity): Promise<{ readonly modelId: string } | undefined> {
  const modelId = model === 'fast' ? (await project.extensionSettings()).fastModel : model;
  return modelId === undefined ? undefined : { modelId };
}

/** The commands of one in the background are listed as it is: nobody looks at its row. */
function commandsOf(ofAgent: TaskId, { tools, deps }: TurnSurroundings): TurnSurroundings['tools']['context'] {
  const tasks: ToolContext['tasks'] = { ...deps.tasks, start: (request, signal) => deps.tasks.start({ ...request, ofAgent }, signal) };
  return (toolCallId, progress) => ({ ...tools.context(toolCallId, progress), tasks });
}

/** A file that cannot be written takes nothing from the subagent. */
async function keep({ store, deps }: TurnSurroundings, drafts: readonly RecordDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await store.append(drafts).catch((error: unknown) => deps.logger.warn('What a subagent did was not written', { error: String(error) }));
}

interface AgentTarget {
  readonly around: TurnSurroundings;
  readonly parentId: ItemId;
  readonly conversation: Conversation;
  readonly task: AgentTask;
  readonly rows: AgentRows;
  readonly telemetry: TelemetryRecords;
  /** As its turn has told it last. */
  readonly spent: { last: Usage | undefined };
}

/** The rows are the session's, the history is its own; of the turn's own news only what it costs is anybody's. */
async function perform(output: TurnOutput, target: AgentTarget): Promise<TurnResult | undefined> {
  const { around, parentId, conversation, task, rows, telemetry, spent } = target;
  const { view } = around;
  switch (output.kind) {
    case 'message':
      conversation.add(output.message);
      return undefined;
    case 'history_replaced':
      conversation.replaceHistory(output.messages, output.tokens);
      return undefined;
    case 'item_added':
      view.addItem({ ...output.item, parentId });
      task.said(lineOf(output.item));
      await keep(around, rows.set({ ...output.item, parentId }));
      return undefined;
    case 'item_changed':
      view.changeItem({ ...output.item, parentId });
      await keep(around, rows.set({ ...output.item, parentId }));
      return undefined;
    case 'item_removed':
      rows.remove(output.itemId);
      view.removeItem(output.itemId);
      return undefined;
    case 'delta':
      view.delta(output.itemId, output.part, output.offsetChars, output.text);
      return undefined;
    case 'record':
      await keep(around, telemetry.before(output.draft));
      return undefined;
    case 'turn_changed':
      around.spent.add(output.turn.usage, spent.last);
      spent.last = output.turn.usage ?? spent.last;
      await keep(around, telemetry.turnChanged(output.turn));
      return undefined;
    case 'ended':
      await keep(around, telemetry.ended(output.result));
      return output.result;
    case 'context_changed':
      return undefined;
    default:
      return assertNever(output);
  }
}

function lineOf(item: TranscriptItem): string {
  return item.kind === 'tool' ? `${item.verb} ${item.target}` : (item.text.split('\n', 1)[0] ?? '');
}

function endOf(result: TurnResult | undefined, conversation: Conversation): Pick<AgentEnd, 'status' | 'text'> {
  const last = conversation.messages().findLast((message) => message.role === 'assistant' && message.text.trim() !== '');
  const text = last?.role === 'assistant' ? last.text.trim() : '';
  switch (result?.end) {
    case 'completed':
      return { status: 'completed', text: text === '' ? 'The subagent ended without a message.' : text };
    case 'cancelled':
    case 'interrupted':
      return { status: 'cancelled', text: `The subagent was stopped.${text === '' ? '' : ` It said last: ${text}`}` };
    case 'max_turns':
      return { status: 'failed', text: `The subagent reached its limit of requests.${text === '' ? '' : ` It said last: ${text}`}` };
    default:
      return {
        status: 'failed',
        text: `The subagent failed: ${result?.error?.message ?? 'for an unknown reason'}${text === '' ? '' : `\nIt said last: ${text}`}`,
      };
  }
}
