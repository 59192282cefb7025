/**
 * The skills of a folder: the project's, if it is trusted, then the user's. Files are read whenever skills are
 * requested, so an edit applies at once; a file that has not changed is not parsed again.
 */
import { join } from 'node:path';
import { createFrontMatterFiles, type FileProblem } from '../lib/front-matter-files.ts';
import type { WorkspaceFs } from '../ports.ts';
import { parseSkill, type SkillFile } from './skill-file.ts';

/** The most folders that are searched. */
const MAX_SKILLS = 200;

export interface Skill extends SkillFile {
  readonly scope: 'project' | 'user';
  /** The folder of the SKILL.md, which contains the files it refers to. */
  readonly folder: string;
}

/** `disabled`: names from the settings. */
export interface SkillScope {
  readonly root: string;
  readonly isTrusted: boolean;
  readonly disabled: readonly string[];
}

export interface Skills {
  /** By priority, then by name; the project's skill takes precedence over the user's skill of the same name. Never rejects because of a file's content. */
  list(scope: SkillScope): Promise<readonly Skill[]>;
}

export interface SkillsDeps {
  readonly fs: WorkspaceFs;
  readonly qwenHome: string;
  readonly onProblem: (problem: FileProblem) => void;
}

export function createSkills({ fs, qwenHome, onProblem }: SkillsDeps): Skills {
  const files = createFrontMatterFiles({ fs, parse: parseSkill, onProblem });

  async function inFolder(folder: string, scope: Skill['scope']): Promise<readonly Skill[]> {
    const entries = (await files.list(folder)).filter((entry) => !entry.isFile).slice(0, MAX_SKILLS);
    const found = await Promise.all(
      entries.map(async ({ name }) => {
        const file = await files.read(join(folder, name, 'SKILL.md'));
        return file === undefined ? [] : [{ ...file, scope, folder: join(folder, name) }];
      }),
    );
    return found.flat();
  }

  return {
    async list({ root, isTrusted, disabled }) {
      const ofUser = inFolder(join(qwenHome, 'skills'), 'user');
      const ofProject = isTrusted ? inFolder(join(root, '.qwen', 'skills'), 'project') : Promise.resolve([]);
      const byName = new Map([...(await ofUser), ...(await ofProject)].map((skill) => [skill.name, skill]));
      return [...byName.values()]
        .filter(({ name }) => !disabled.includes(name))
        .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
    },
  };
}
