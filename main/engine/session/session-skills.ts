import { relative } from 'node:path';
import { type Skill, skillNews } from '../skill/index.ts';
import { isInside } from '../tool/index.ts';
import { compileGlob } from '../lib/glob-pattern.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

/** The skills of the session's folder as they are now. */
export async function skillsOf(
  { project }: Pick<SessionIdentity, 'project'>,
  deps: Pick<SessionDeps, 'skills'>,
): Promise<readonly Skill[]> {
  const [trust, { disabledSkills }] = await Promise.all([project.trust(), project.extensionSettings()]);
  return await deps.skills.list({ root: project.root, isTrusted: trust === 'trusted', disabled: disabledSkills });
}

/** Tells the model of skills for certain files once such a file was used; of each once. Undefined: nothing is new. */
export function createSkillNews(
  { root }: { readonly root: string },
  { list, touched }: { readonly list: () => Promise<readonly Skill[]>; readonly touched: () => readonly string[] },
): () => Promise<string | undefined> {
  const told = new Set<string>();
  let seen = 0;
  const compiled = new Map<string, (path: string) => boolean>();
  const matcher = (pattern: string) => {
    const known = compiled.get(pattern) ?? compileGlob(pattern);
    compiled.set(pattern, known);
    return known;
  };
  return async () => {
    const used = touched();
    if (used.length === seen) return undefined; // most rounds: the folders of skills are not read again
    seen = used.length;
    const waiting = (await list()).filter(({ name, isForModel, paths }) => isForModel && paths.length > 0 && !told.has(name));
    if (waiting.length === 0) return undefined;
    const files = used.flatMap((path) => (isInside(root, path) ? [relative(root, path).replaceAll('\\', '/')] : []));
    const found = waiting.filter(({ paths }) => paths.some((pattern) => files.some(matcher(pattern))));
    for (const { name } of found) told.add(name);
    return skillNews(found);
  };
}
