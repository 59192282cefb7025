/**
 * Subagents of a session: each is a turn of its own, with its own history and tools, whose rows stand in the session under
 * the call that began it. Nothing of it is written but the call's result.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ItemId, type QueuedPrompt, type TranscriptItem, TurnId, type TurnResult } from '../../../preload/contract/index.ts';
import type { ApprovalBroker } from '../approval/approval-broker.ts';
import type { SessionOptions } from '../engine-api.ts';
import { assertNever } from '../lib/assert-never.ts';
import {
  type Agent,
  type AgentRun,
  type AgentRunner,
  type AgentTask,
  createAgentTool,
  createSendMessageTool,
  mayUse,
} from '../subagent/index.ts';
import { defineTool } from '../tool/define-tool.ts';
import type { Tool, ToolContext, ToolResult } from '../tool/tool.ts';
import type { ToolRegistry } from '../tool/tool-registry.ts';
import { runTurn } from '../turn/run-turn.ts';
import { createTurnControl, type TurnControl } from '../turn/turn-control.ts';
import type { TurnOutput } from '../turn/turn-output.ts';
import { createConversation, type Conversation } from './conversation.ts';
import { emptySession } from './load-session.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import { createSessionSystem } from './session-system.ts';
import type { TurnSurroundings } from './session-turn.ts';

/** Where neither its file nor the call says more. */
const MAX_TURNS = 100;
/** At once, in one session. */
const MAX_RUNNING = 16;

export interface AgentsOwner {
  readonly around: TurnSurroundings;
  /** Without the hooks of the session's own calls. */
  readonly approvals: ApprovalBroker;
  readonly model: () => SessionOptions['model'];
  readonly extraFolders: readonly string[];
}

export interface SessionAgents {
  readonly tools: readonly Tool[];
  /** Once, by the session they belong to. */
  connect(owner: AgentsOwner): void;
}

/** A message waits here until the subagent's next step. */
interface Mailbox {
  readonly waiting: QueuedPrompt[];
}

export async function agentsOf(
  { project }: Pick<SessionIdentity, 'project'>,
  deps: Pick<SessionDeps, 'agents'>,
): Promise<readonly Agent[]> {
  return await deps.agents.list({ root: project.root, isTrusted: (await project.trust()) === 'trusted' });
}

export async function createSessionAgents(identity: SessionIdentity, deps: SessionDeps): Promise<SessionAgents> {
  let owner: AgentsOwner | undefined;
  let running = 0;
  const mailboxes = new Map<string, Mailbox>();
  const [known, { maxSubagentDepth }] = await Promise.all([agentsOf(identity, deps), identity.project.extensionSettings()]);

  const runnerAt = (depth: number): AgentRunner => ({
    list: () => agentsOf(identity, deps),
    async run(request, context, signal) {
      const control = createTurnControl();
      signal.addEventListener('abort', control.cancel, { once: true });
      if (signal.aborted) control.cancel();
      try {
        return toResult(await work({ request, context, control, depth, mailbox: { waiting: [] } }));
      } finally {
        signal.removeEventListener('abort', control.cancel);
      }
    },
    async start(request, context) {
      const control = createTurnControl();
      const { agent, description } = request;
      const { id: sessionId, project } = identity;
      const task = deps.tasks.agents.start({
        sessionId,
        toolCallId: context.toolCallId,
        type: agent.name,
        description,
        cwd: project.root,
        onStop: control.cancel,
      });
      const mailbox = { waiting: [] };
      mailboxes.set(task.id, mailbox);
      void work({ request, context, control, depth, mailbox, task }).then((end) => {
        mailboxes.delete(task.id);
        task.ended(end.status, end.text);
      });
      const text = `${agent.name} works on it in the background as ${task.id}. You are told when it ends, so do not wait for it. send_message tells it more, task_stop stops it.`;
      return { text, display: { kind: 'none' }, isError: false, summary: `Started as ${task.id}` };
    },
  });

  /** Never rejects. */
  async function work(job: Job): Promise<AgentEnd> {
    if (owner === undefined) return { status: 'failed', text: 'The session is not ready.' };
    if (running >= MAX_RUNNING) return { status: 'failed', text: `At most ${MAX_RUNNING} subagents work at once.` };
    running += 1;
    try {
      return await runAgent(job, owner, registryFor(job, owner.around.deps.registry));
    } catch (error) {
      deps.logger.error('A subagent failed unexpectedly', { error: error instanceof Error ? error.stack : String(error) });
      return { status: 'failed', text: `The subagent failed: ${error instanceof Error ? error.message : String(error)}` };
    } finally {
      running -= 1;
    }
  }

  function registryFor({ request: { agent }, depth }: Job, registry: ToolRegistry): ToolRegistry {
    const layer = registry.child(({ name }) => name !== 'agent' && mayUse(agent, name));
    // Its own, which knows how deep it is; the deepest have none.
    if (depth < maxSubagentDepth && mayUse(agent, 'agent')) layer.add([defineTool(createAgentTool(runnerAt(depth + 1), known))]);
    return layer;
  }

  const send = (taskId: string, text: string) => {
    const mailbox = mailboxes.get(taskId);
    if (mailbox === undefined) return `No subagent ${taskId} is working. Running: ${[...mailboxes.keys()].join(', ') || 'none'}.`;
    mailbox.waiting.push({ localId: randomUUID(), text });
    return undefined;
  };

  const agentTool = maxSubagentDepth > 0 ? [defineTool(createAgentTool(runnerAt(1), known))] : [];
  return {
    tools: [...agentTool, defineTool(createSendMessageTool(send))],
    connect: (session) => void (owner = session),
  };
}

interface Job {
  readonly request: AgentRun;
  readonly context: ToolContext;
  readonly control: TurnControl;
  /** 1: begun by the session itself. */
  readonly depth: number;
  readonly mailbox: Mailbox;
  readonly task?: AgentTask;
}

interface AgentEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly text: string;
}

async function runAgent(job: Job, { around, approvals, model, extraFolders }: AgentsOwner, registry: ToolRegistry): Promise<AgentEnd> {
  const { request, context, control, mailbox, task } = job;
  const { agent, prompt } = request;
  const { identity, deps, tools, hooks, view } = around;
  const parentId = context.toolCallId;
  const conversation = createConversation(emptySession(), deps.clock.now());
  const facts = { agent_id: task?.id ?? parentId, agent_type: agent.name };
  const begun = await hooks.run({ event: 'SubagentStart', subject: agent.name, fields: facts }, control.signal);
  conversation.add({ role: 'user', text: [prompt, ...begun.context].join('\n\n') });
  view.addItem({ kind: 'user', id: ItemId.parse(randomUUID()), text: prompt, createdAtMs: deps.clock.now(), parentId });
  const { compactAt, allowsLoops } = await identity.project.runSettings();
  const own = { ...identity, options: { systemPrompt: agent.systemPrompt } };
  const systemContext = createSessionSystem(own, extraFolders, deps, () => undefined); // the session has told of its memory
  const hooked = hooks.toolsOf(control);
  let goneOn = 0;
  const outputs = runTurn({
    turnId: TurnId.parse(randomUUID()),
    startedAtMs: deps.clock.now(),
    control,
    resolveModel: () => deps.providers.resolve(identity.project, agent.model === undefined ? model() : { modelId: agent.model }),
    systemPrompt: async () => (await systemContext()).text,
    history: conversation.messages,
    registry: hooked.registry(registry),
    toolContext: tools.context,
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
  let result: TurnResult | undefined;
  for await (const output of outputs)
    result = perform(output, { around, parentId, conversation, ...(task === undefined ? {} : { task }) }) ?? result;
  return endOf(result, conversation);
}

interface Target {
  readonly around: TurnSurroundings;
  readonly parentId: ItemId;
  readonly conversation: Conversation;
  readonly task?: AgentTask;
}

/** The rows are the session's, the history is its own; the turn's own news are nobody's. */
function perform(output: TurnOutput, { around: { view }, parentId, conversation, task }: Target): TurnResult | undefined {
  switch (output.kind) {
    case 'message':
      conversation.add(output.message);
      return undefined;
    case 'history_replaced':
      conversation.replaceHistory(output.messages, output.tokens);
      return undefined;
    case 'item_added':
      view.addItem({ ...output.item, parentId });
      task?.said(lineOf(output.item));
      return undefined;
    case 'item_changed':
      view.changeItem({ ...output.item, parentId });
      return undefined;
    case 'item_removed':
      view.removeItem(output.itemId);
      return undefined;
    case 'delta':
      view.delta(output.itemId, output.part, output.offsetChars, output.text);
      return undefined;
    case 'ended':
      return output.result;
    case 'record':
    case 'turn_changed':
    case 'context_changed':
      return undefined;
    default:
      return assertNever(output);
  }
}

function lineOf(item: TranscriptItem): string {
  return item.kind === 'tool' ? `${item.verb} ${item.target}` : (item.text.split('\n', 1)[0] ?? '');
}

function endOf(result: TurnResult | undefined, conversation: Conversation): AgentEnd {
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

function toResult({ status, text }: AgentEnd): ToolResult {
  const summary = text.split('\n', 1)[0] ?? '';
  return { text, display: { kind: 'text', text: text.slice(0, 20_000) }, isError: status !== 'completed', summary: summary.slice(0, 200) };
}
