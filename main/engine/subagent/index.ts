/** Subagents: other prompts, contexts and tool sets that the model gives tasks to. */
export { mayUse } from './agent-file.ts';
export { type AgentTask, type AgentTasks, createAgentTasks, type StartAgent } from './agent-tasks.ts';
export { type AgentRun, type AgentRunner, createAgentTool, createSendMessageTool } from './agent-tools.ts';
/** Reads the subagents of a folder. Ownership: no resource is held open. */
export { type Agent, type Agents, createAgents } from './agents.ts';
