/**
 * Subagents of a session: each is a turn of its own, with its own history and tools, whose rows stand in the session under
 * the call that began it. The file gets the call's result, and the rows in a record of their own.
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
import { type AgentEnd, type AgentJob, type AgentsOwner, type Mailbox, runAgent } from './agent-run.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

/** At once, in one session. */
const MAX_RUNNING = 16;

export interface SessionAgents {
  readonly tools: readonly Tool[];
  /** Once, by the session they belong to. */
  connect(owner: AgentsOwner): void;
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
      const task = begin(request, context, { placement: 'foreground', onStop: control.cancel });
      signal.addEventListener('abort', control.cancel, { once: true });
      if (signal.aborted) control.cancel();
      try {
        const end = await work({ request, context, control, depth, mailbox: { waiting: [] }, task });
        task.ended(end.status, end.text);
        return toResult(end);
      } finally {
        signal.removeEventListener('abort', control.cancel);
      }
    },
    async start(request, context) {
      const control = createTurnControl();
      const task = begin(request, context, { placement: 'background', onStop: control.cancel });
      const mailbox = { waiting: [] };
      mailboxes.set(task.id, mailbox);
      void work({ request, context, control, depth, mailbox, task }).then((end) => {
        mailboxes.delete(task.id);
        task.ended(end.status, end.text);
      });
      const text = `${request.agent.name} works on it in the background as ${task.id}. You are told when it ends, so do not wait for it. send_message tells it more, task_stop stops it.`;
      return { text, display: { kind: 'none' }, isError: false, summary: `Started as ${task.id}` };
    },
  });

  function begin({ agent, description }: AgentRun, { toolCallId }: ToolContext, how: Pick<StartAgent, 'placement' | 'onStop'>): AgentTask {
    const { id: sessionId, project } = identity;
    return deps.tasks.agents.start({ sessionId, toolCallId, type: agent.name, description, cwd: project.root, ...how });
  }

  /** Never rejects. */
  async function work(job: AgentJob): Promise<AgentEnd> {
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

  function registryFor({ request: { agent }, depth }: AgentJob, registry: ToolRegistry): ToolRegistry {
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

function toResult({ status, text, shownAs }: AgentEnd): ToolResult {
  const summary = (text.split('\n', 1)[0] ?? '').slice(0, 200);
  const shown = shownAs === undefined ? {} : { shownAs };
  return { text, display: { kind: 'text', text: text.slice(0, 20_000) }, isError: status !== 'completed', summary, ...shown };
}
