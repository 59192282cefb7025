import { skillList } from '../skill/index.ts';
import { buildSystemContext } from '../turn/system-context.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import { skillsOf } from './session-skills.ts';

/** The system text of a session, made at its first turn and then the same; a change of trust makes it anew. */
export function createSessionSystem(
  { project, options }: SessionIdentity,
  extraFolders: readonly string[],
  deps: SessionDeps,
): () => Promise<string> {
  let made: { readonly isTrusted: boolean; readonly text: Promise<string> } | undefined;
  return async () => {
    const isTrusted = (await project.trust()) === 'trusted';
    if (made?.isTrusted === isTrusted) return made.text;
    const { systemPrompt } = options;
    const skills = await skillsOf({ project }, deps);
    const appendSystemPrompt = [skillList(skills), await deps.mcp.describe(project), options.appendSystemPrompt ?? ''].filter((part) => part !== '').join('\n\n');
    const text = Promise.all([project.gitBranch(), project.runSettings()]).then(([gitBranch, { memoryFileNames, answerLanguage }]) =>
      buildSystemContext({
        fs: deps.fs,
        root: project.root,
        cwd: project.cwd,
        qwenHome: deps.qwenHome,
        isTrusted,
        gitBranch,
        nowMs: deps.clock.now(),
        extraFolders,
        ...(memoryFileNames === undefined ? {} : { memoryFileNames }),
        ...(answerLanguage === undefined ? {} : { answerLanguage }),
        ...(systemPrompt === undefined ? {} : { systemPrompt }),
        ...(appendSystemPrompt === '' ? {} : { appendSystemPrompt }),
      }),
    );
    made = { isTrusted, text };
    return text;
  };
}
