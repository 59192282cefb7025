/** The subagents that a program brings with `initialize`. Pure. Source: `SubagentConfig` of `@qwen-code/sdk`; the names are wire names. */
import { z } from 'zod';
import { defined } from '../../../preload/contract/index.ts';
import type { SessionAgent } from '../../engine/index.ts';

const MAX_AGENTS = 100;

const ClientAgent = z.object({
  name: z.string().regex(/^[\p{L}\p{N}_-][\p{L}\p{N}_.-]{0,99}$/u),
  description: z.string().min(1),
  systemPrompt: z.string().min(1),
  tools: z.array(z.string()).optional().catch(undefined),
  model: z.string().min(1).optional().catch(undefined),
  runConfig: z
    .object({ max_turns: z.number().min(1).optional() })
    .optional()
    .catch(undefined),
});

export interface ClientAgents {
  readonly agents: readonly SessionAgent[];
  /** One line for each that cannot be used. */
  readonly problems: readonly string[];
}

export function parseClientAgents(given: unknown): ClientAgents {
  const list: readonly unknown[] = Array.isArray(given) ? given.slice(0, MAX_AGENTS) : [];
  const parsed = list.map((agent) => ClientAgent.safeParse(agent));
  return {
    agents: parsed.flatMap(({ data }): readonly SessionAgent[] => {
      if (data === undefined) return [];
      const { name, description, systemPrompt, tools, model, runConfig } = data;
      return [{ name, description, systemPrompt, ...defined({ tools, model, maxTurns: runConfig?.max_turns }) }];
    }),
    problems: parsed.flatMap(({ error }, at) => {
      const [issue] = error?.issues ?? [];
      return issue === undefined
        ? []
        : [`Agent ${at + 1} of the program cannot be used: ${issue.path.join('.') || 'it'} is not valid (${issue.message}).`];
    }),
  };
}
