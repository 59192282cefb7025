import { z } from 'zod';
import type { Tool, ToolContext, ToolResult } from '../tool/index.ts';
import type { Agent } from './agents.ts';

/** The limit for all descriptions in the schema. Unit: UTF-16 code units. */
const LIST_CHARS = 1_500;
const DESCRIPTION_CHARS = 160;
const DEFAULT_AGENT = 'general-purpose';

const AgentInput = z.object({
  description: z.string().min(1).max(200).describe('3 to 5 words'),
  prompt: z.string().min(1),
  subagent_type: z.string().optional(),
  run_in_background: z.boolean().optional(),
});
type AgentInput = z.infer<typeof AgentInput>;

export interface AgentRun {
  readonly agent: Agent;
  readonly description: string;
  readonly prompt: string;
}

export interface AgentRunner {
  /** The current ones. */
  list(): Promise<readonly Agent[]>;
  /** Resolves at its end; an abort ends it. Never rejects. */
  run(request: AgentRun, context: ToolContext, signal: AbortSignal): Promise<ToolResult>;
  /** Resolves when it has begun. */
  start(request: AgentRun, context: ToolContext): Promise<ToolResult>;
}

/** `known`: at the beginning of the session, for the description, which never changes. Source: docs/formats.md 4.2. */
export function createAgentTool(runner: AgentRunner, known: readonly Agent[]): Tool<AgentInput> {
  const find = async (name = DEFAULT_AGENT) => {
    const agents = await runner.list();
    const agent = agents.find((candidate) => candidate.name === name);
    return agent === undefined
      ? { refusal: `There is no subagent "${name}". There are: ${agents.map((each) => each.name).join(', ')}.` }
      : { agent };
  };
  return {
    name: 'agent',
    description: `Give a task to a subagent with a context of its own; its last message is the result. Several calls in one answer run at the same time. It knows only the prompt. Types:\n${listed(known)}`,
    kind: 'task',
    input: AgentInput,
    isReadOnly: true,
    describe: ({ description, subagent_type = DEFAULT_AGENT }) => ({ verb: 'ask_agent', target: `${subagent_type}: ${description}` }),
    async preview({ description, subagent_type }) {
      const { agent, refusal } = await find(subagent_type);
      if (agent === undefined) return { ok: false, refusal };
      const action = { code: 'described', text: `${agent.name}: ${description}` } as const;
      return { ok: true, action, display: { kind: 'none' }, touches: [], subject: agent.name };
    },
    async execute({ description, prompt, subagent_type, run_in_background }, context, signal) {
      const { agent, refusal } = await find(subagent_type);
      if (agent === undefined) return { text: refusal, display: { kind: 'none' }, isError: true, summary: refusal };
      const request = { agent, description, prompt };
      return (run_in_background ?? agent.isBackground) ? await runner.start(request, context) : await runner.run(request, context, signal);
    },
  };
}

function listed(agents: readonly Agent[]): string {
  let text = '';
  for (const { name, description } of agents) {
    const line = `- ${name}: ${description.slice(0, DESCRIPTION_CHARS)}\n`;
    if (text.length + line.length > LIST_CHARS) return `${text}- and others`;
    text += line;
  }
  return text.trimEnd();
}

const MessageInput = z.object({ task_id: z.string().min(1), message: z.string().min(1) });
type MessageInput = z.infer<typeof MessageInput>;

/** `send` returns undefined if the message will be read, else the reason why not. Source: docs/formats.md 4.2. */
export function createSendMessageTool(send: (taskId: string, message: string) => string | undefined): Tool<MessageInput> {
  return {
    name: 'send_message',
    description: 'Send another message to a subagent that works in the background; it reads it at its next step.',
    kind: 'task',
    input: MessageInput,
    deferred: true,
    isReadOnly: false,
    describe: ({ task_id }) => ({ verb: 'message', target: task_id }),
    preview: async ({ task_id }) => ({
      ok: true,
      action: { code: 'message_task', taskId: task_id },
      display: { kind: 'none' },
      touches: [],
    }),
    async execute({ task_id, message }) {
      const problem = send(task_id, message);
      if (problem !== undefined) return { text: problem, display: { kind: 'none' }, isError: true, summary: problem };
      return {
        text: `${task_id} reads it at its next step.`,
        display: { kind: 'none' },
        isError: false,
        summary: `Sent a message to ${task_id}`,
      };
    },
  };
}
