import { dirname, join } from 'node:path';
import type { McpConnection } from '../mcp/index.ts';
import type { Memory } from '../memory/index.ts';
import { skillList } from '../skill/index.ts';
import { buildSystemContext, type SystemContext } from '../turn/index.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import { listSkills } from './session-skills.ts';
import { defined } from '../../../preload/contract/index.ts';

/** `lentServers`: MCP servers that an editor lends. */
type SystemDeps = SessionDeps & { readonly lentServers: () => readonly McpConnection[] };

/** The system text of a session. It is built in the first turn and then reused; a change of trust rebuilds it. `onLoaded` is called and awaited each time. */
export function createSessionSystem(
  identity: SessionIdentity,
  extraFolders: readonly string[],
  deps: SystemDeps,
  onLoaded: (memory: Memory, reason: 'session_start' | 'refresh') => Promise<void>,
): () => Promise<SystemContext> {
  let made: { readonly isTrusted: boolean; readonly context: Promise<SystemContext> } | undefined;
  return async () => {
    const isTrusted = (await identity.project.trust()) === 'trusted';
    if (made?.isTrusted === isTrusted) return made.context;
    const context = makeContext(identity, extraFolders, isTrusted, deps);
    const reason = made === undefined ? 'session_start' : 'refresh';
    made = { isTrusted, context };
    await onLoaded((await context).memory, reason);
    return context;
  };
}

async function makeContext(
  { project, options }: SessionIdentity,
  extraFolders: readonly string[],
  isTrusted: boolean,
  deps: SystemDeps,
): Promise<SystemContext> {
  const [skills, servers, gitBranch, { memoryFileNames, answerLanguage, readsManagedMemory }] = await Promise.all([
    listSkills({ project }, deps),
    deps.mcp.describe(project, deps.lentServers()),
    project.gitBranch(),
    project.runSettings(),
  ]);
  const { systemPrompt } = options;
  const appendSystemPrompt = [skillList(skills), servers, options.appendSystemPrompt ?? ''].filter((part) => part !== '').join('\n\n');
  return await buildSystemContext({
    fs: deps.fs,
    home: deps.approvals.home,
    root: project.root,
    cwd: project.cwd,
    qwenHome: deps.qwenHome,
    isTrusted,
    gitBranch,
    nowMs: deps.clock.now(),
    extraFolders,
    ...(readsManagedMemory ? { managedFile: join(dirname(project.chatsDir), 'memory', 'MEMORY.md') } : {}),
    ...defined({ memoryFileNames, answerLanguage, systemPrompt }),
    ...(appendSystemPrompt === '' ? {} : { appendSystemPrompt }),
  });
}
