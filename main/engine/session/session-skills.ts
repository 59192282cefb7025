import { relative } from 'node:path';
import { type Skill, announceSkills } from '../skill/index.ts';
import { isWithin } from '../lib/within.ts';
import { compileGlob } from '../lib/glob-pattern.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

/** The skills that apply to the session's folder now. */
export async function listSkills(
  { project }: Pick<SessionIdentity, 'project'>,
  deps: Pick<SessionDeps, 'skills'>,
): Promise<readonly Skill[]> {
  const [trust, { disabledSkills }] = await Promise.all([project.trust(), project.extensionSettings()]);
  return await deps.skills.list({ root: project.root, isTrusted: trust === 'trusted', disabled: disabledSkills });
}

/** Announces a skill for certain files to the model, once, after such a file was used. Undefined: no new skill applies. */
export function createSkillUpdates(
  { root }: { readonly root: string },
  { list, touched }: { readonly list: () => Promise<readonly Skill[]>; readonly touched: () => readonly string[] },
): () => Promise<string | undefined> {
  const reported = new Set<string>();
  let seen = 0;
  const compiled = new Map<string, (path: string) => boolean>();
  const matcher = (pattern: string) => {
    const known = compiled.get(pattern) ?? compileGlob(pattern);
    compiled.set(pattern, known);
    return known;
  };
  return async () => {
    const used = touched();
    if (used.length === seen) return undefined; // the common case: skip reading the skill folders again
    seen = used.length;
    const unreported = (await list()).filter(({ name, isForModel, paths }) => isForModel && paths.length > 0 && !reported.has(name));
    if (unreported.length === 0) return undefined;
    const files = used.flatMap((path) => (isWithin(path, root) ? [relative(root, path).replaceAll('\\', '/')] : []));
    const found = unreported.filter(({ paths }) => paths.some((pattern) => files.some(matcher(pattern))));
    for (const { name } of found) reported.add(name);
    return announceSkills(found);
  };
}
