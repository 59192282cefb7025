import type { Skill } from '../skill/index.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

/** The skills of the session's folder as they are now. */
export async function skillsOf(
  { project }: Pick<SessionIdentity, 'project'>,
  deps: Pick<SessionDeps, 'skills'>,
): Promise<readonly Skill[]> {
  const [trust, { disabledSkills }] = await Promise.all([project.trust(), project.extensionSettings()]);
  return await deps.skills.list({ root: project.root, isTrusted: trust === 'trusted', disabled: disabledSkills });
}
