/**
 * Subagents of a session. Each is a turn with its own history and tools; its rows appear in the session under
 * the call that started it. The file gets the result of that call, and the rows in a separate record.
 */
import { randomUUID } from 'node:crypto';
import {
  type Agent,
  type AgentRun,
  type AgentRunner,
  type AgentTask,
  createAgentTool,
  createSendMessageTool,
  mayUse,
  type StartAgent,
} from '../subagent/index.ts';
import { defineTool, type Tool, type ToolContext, type ToolRegistry, type ToolResult } from '../tool/index.ts';
import { createTurnControl } from '../turn/index.ts';
import { type AgentEnd, type AgentJob, type SubagentContext, type Inbox, runAgent } from './agent-run.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

/** Subagents that may run at once in one session. */
const MAX_RUNNING = 16;

export interface SessionAgents {
  readonly tools: readonly Tool[];
  /** Called once, by the session they belong to. */
  connect(subagentContext: SubagentContext): void;
}

/** By name: those of the files, and in their place those that the session's host brought. */
export async function listAgents(
  { project, options }: Pick<SessionIdentity, 'project' | 'options'>,
  deps: Pick<SessionDeps, 'agents'>,
): Promise<readonly Agent[]> {
  const files = await deps.agents.list({ root: project.root, isTrusted: (await project.trust()) === 'trusted' });
  const own = (options.agents ?? []).map((agent): Agent => ({ ...agent, disallowedTools: [], isBackground: false, scope: 'session' }));
  const byName = new Map([...files, ...own].map((agent) => [agent.name, agent]));
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export async function createSessionAgents(identity: SessionIdentity, deps: SessionDeps): Promise<SessionAgents> {
  let subagentContext: SubagentContext | undefined;
  let running = 0;
  const inboxes = new Map<string, Inbox>();
  const [knownAgents, { maxSubagentDepth }] = await Promise.all([listAgents(identity, deps), identity.project.extensionSettings()]);

  const runnerAt = (depth: number): AgentRunner => ({
    list: () => listAgents(identity, deps),
    async run(request, context, signal) {
      const control = createTurnControl();
      const task = startTask(request, context, { placement: 'foreground', onStop: control.cancel });
      signal.addEventListener('abort', control.cancel, { once: true });
      if (signal.aborted) control.cancel();
      try {
        const end = await runJob({ request, toolContext: context, control, depth, inbox: { waiting: [] }, task });
        task.end(end.status, end.text);
        return toResult(end);
      } finally {
        signal.removeEventListener('abort', control.cancel);
      }
    },
    async start(request, context) {
      const control = createTurnControl();
      const task = startTask(request, context, { placement: 'background', onStop: control.cancel });
      const inbox = { waiting: [] };
      inboxes.set(task.id, inbox);
      void runJob({ request, toolContext: context, control, depth, inbox, task }).then((end) => {
        inboxes.delete(task.id);
        task.end(end.status, end.text);
      });
      const text = `${request.agent.name} works on it in the background as ${task.id}. You are notified when it ends, so do not wait for it. Use send_message to send it a message and task_stop to stop it.`;
      return { text, display: { kind: 'none' }, isError: false, summary: `Started as ${task.id}` };
    },
  });

  function startTask(
    { agent, description }: AgentRun,
    { toolCallId }: ToolContext,
    options: Pick<StartAgent, 'placement' | 'onStop'>,
  ): AgentTask {
    const { id: sessionId, project } = identity;
    return deps.agentTasks.start({ sessionId, toolCallId, type: agent.name, description, cwd: project.root, ...options });
  }

  /** Never rejects. */
  async function runJob(job: AgentJob): Promise<AgentEnd> {
    if (subagentContext === undefined) return { status: 'failed', text: 'The session is not ready.' };
    if (running >= MAX_RUNNING)
      return {
        status: 'failed',
        text: `${MAX_RUNNING} subagents are running in this session, which is the limit. Wait until one ends, or stop one.`,
      };
    running += 1;
    try {
      return await runAgent(job, subagentContext, registryFor(job, subagentContext.context.deps.registry));
    } catch (error) {
      deps.logger.error('A subagent failed unexpectedly', { error: error instanceof Error ? error.stack : String(error) });
      return { status: 'failed', text: `The subagent failed: ${error instanceof Error ? error.message : String(error)}` };
    } finally {
      running -= 1;
    }
  }

  function registryFor({ request: { agent }, depth }: AgentJob, registry: ToolRegistry): ToolRegistry {
    const layer = registry.child(({ name }) => name !== 'agent' && mayUse(agent, name));
    // A registry of its own for the agent tool at the next depth; the deepest subagents have none.
    if (depth < maxSubagentDepth && mayUse(agent, 'agent')) layer.add([defineTool(createAgentTool(runnerAt(depth + 1), knownAgents))]);
    return layer;
  }

  const send = (taskId: string, text: string) => {
    const inbox = inboxes.get(taskId);
    if (inbox === undefined) return `No subagent ${taskId} is working. Running: ${[...inboxes.keys()].join(', ') || 'none'}.`;
    inbox.waiting.push({ localId: randomUUID(), text });
    return undefined;
  };

  const agentTool = maxSubagentDepth > 0 ? [defineTool(createAgentTool(runnerAt(1), knownAgents))] : [];
  return {
    tools: [...agentTool, defineTool(createSendMessageTool(send))],
    connect: (session) => void (subagentContext = session),
  };
}

function toResult({ status, text, shownAs }: AgentEnd): ToolResult {
  const summary = (text.split('\n', 1)[0] ?? '').slice(0, 200);
  const shown = shownAs === undefined ? {} : { shownAs };
  return { text, display: { kind: 'text', text: text.slice(0, 20_000) }, isError: status !== 'completed', summary, ...shown };
}
