import type { ApprovalMode, SessionSnapshot } from '../../preload/contract/index.ts';
import type { InitMessage } from './output-message.ts';

export interface InitFacts {
  readonly uuid: string;
  readonly cwd: string;
  readonly version: string;
  readonly model: string;
  readonly mode: ApprovalMode;
}

/** What begins the messages of a prompt. Pure. Source: qwen-code.md 3.2. */
export function toInitMessage({ summary, toolNames }: SessionSnapshot, facts: InitFacts): InitMessage {
  return {
    type: 'system',
    subtype: 'init',
    uuid: facts.uuid,
    session_id: summary.id,
    cwd: facts.cwd,
    tools: toolNames ?? [],
    mcp_servers: [],
    model: facts.model,
    permission_mode: facts.mode,
    slash_commands: [],
    qwen_code_version: facts.version,
    agents: [],
  };
}
