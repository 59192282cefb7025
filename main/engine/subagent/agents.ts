/** The subagents of a folder: the project's, if it is trusted, then the user's, then the built-in ones; read at each call. */
import { join } from 'node:path';
import { createFrontMatterFiles, type FileProblem } from '../lib/front-matter-files.ts';
import type { WorkspaceFs } from '../ports.ts';
import { type AgentFile, BUILTIN_AGENTS, parseAgent } from './agent-file.ts';

const MAX_AGENTS = 100;

export interface Agent extends AgentFile {
  readonly scope: 'project' | 'user' | 'built-in' | 'session';
}

export interface Agents {
  /** By name. Never rejects because of a file's content. */
  list(place: { readonly root: string; readonly isTrusted: boolean }): Promise<readonly Agent[]>;
}

export interface AgentsDeps {
  readonly fs: WorkspaceFs;
  readonly qwenHome: string;
  readonly onProblem: (problem: FileProblem) => void;
}

export function createAgents({ fs, qwenHome, onProblem }: AgentsDeps): Agents {
  const files = createFrontMatterFiles({ fs, parse: parseAgent, onProblem });
  async function inFolder(folder: string, scope: Agent['scope']): Promise<readonly Agent[]> {
    const entries = (await files.list(folder)).filter(({ name }) => name.endsWith('.md')).slice(0, MAX_AGENTS);
    const found = await Promise.all(entries.map(({ name }) => files.read(join(folder, name))));
    return found.flatMap((file) => (file === undefined ? [] : [{ ...file, scope }]));
  }
  return {
    async list({ root, isTrusted }) {
      const builtin = BUILTIN_AGENTS.map((agent) => ({ ...agent, scope: 'built-in' as const }));
      const ofUser = await inFolder(join(qwenHome, 'agents'), 'user');
      const ofProject = isTrusted ? await inFolder(join(root, '.qwen', 'agents'), 'project') : [];
      const byName = new Map<string, Agent>([...builtin, ...ofUser, ...ofProject].map((agent) => [agent.name, agent]));
      return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
