import { z } from 'zod';
import type { Tool } from '../tool/index.ts';
import { skillText, unknownSkill } from './skill-texts.ts';
import type { Skill } from './skills.ts';

const Input = z.object({ skill: z.string().min(1), args: z.string().optional() });
type Input = z.infer<typeof Input>;

/** Loads the text of a skill. `list` returns the skills that apply to the session's folder now. Source: docs/formats.md 4.2. */
export function createSkillTool(list: () => Promise<readonly Skill[]>): Tool<Input> {
  const find = async (name: string) => {
    const skills = await list();
    const skill = skills.find((candidate) => candidate.name === name.replace(/^\//, '') && candidate.isForModel);
    return skill === undefined ? { refusal: unknownSkill(name, skills) } : { skill };
  };
  return {
    name: 'skill',
    description: 'Load the instructions of a skill from the list of skills.',
    kind: 'read',
    input: Input,
    isReadOnly: true,
    describe: ({ skill }) => ({ verb: 'load_skill', target: skill }),
    async preview({ skill: name }) {
      const found = await find(name);
      if (found.skill === undefined) return { ok: false, refusal: found.refusal };
      return { ok: true, action: { code: 'load_skill', skill: name }, display: { kind: 'none' }, touches: [], subject: name };
    },
    async execute({ skill: name, args = '' }) {
      const { skill, refusal } = await find(name);
      if (skill === undefined) return { text: refusal, display: { kind: 'none' }, isError: true, summary: refusal };
      return { text: skillText(skill, args), display: { kind: 'none' }, isError: false, summary: `Loaded ${skill.name}` };
    },
  };
}
