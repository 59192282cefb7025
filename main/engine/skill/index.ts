/** Skills: instructions in files, listed to the model by name and loaded when they are needed. */
export { createSkillTool } from './skill-tool.ts';
export { skillList, announceSkills, skillText } from './skill-texts.ts';
/** Reads the skills of a folder. Ownership: no resource is held open. */
export { createSkills, type Skill, type SkillScope, type Skills } from './skills.ts';
