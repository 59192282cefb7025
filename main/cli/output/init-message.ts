import type { ApprovalMode, SessionSnapshot } from '../../../preload/contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ServersAtStart } from './mcp-status.ts';
import type { InitMessage } from './output-message.ts';

export interface InitFacts {
  readonly uuid: string;
  readonly cwd: string;
  readonly version: string;
  readonly model: string;
  readonly mode: ApprovalMode;
  /** Names, without their slashes. */
  readonly slashCommands: readonly string[];
  readonly agents: readonly string[];
  readonly servers: ServersAtStart;
}

/** Data for the message that begins a run. */
export async function offered(engine: Engine, { summary }: SessionSnapshot): Promise<Pick<InitFacts, 'slashCommands' | 'agents'>> {
  const [commands, agents] = await Promise.all([engine.commands.list(summary.projectId), engine.commands.agentNames(summary.projectId)]);
  return { slashCommands: commands.map(({ name }) => name), agents };
}

/** The first message of a prompt. Pure. Source: docs/formats.md 3.2. */
export function toInitMessage({ summary, toolNames }: SessionSnapshot, facts: InitFacts): InitMessage {
  return {
    type: 'system',
    subtype: 'init',
    uuid: facts.uuid,
    session_id: summary.id,
    cwd: facts.cwd,
    // The snapshot was taken before the servers were ready.
    tools: [...new Set([...(toolNames ?? []), ...facts.servers.toolNames])],
    mcp_servers: facts.servers.statuses,
    model: facts.model,
    permission_mode: facts.mode,
    slash_commands: facts.slashCommands,
    qwen_code_version: facts.version,
    agents: facts.agents,
  };
}
