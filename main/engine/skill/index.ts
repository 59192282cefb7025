/** Skills: instructions in files, told to the model by name and loaded when they are needed. */
export { createSkillTool } from './skill-tool.ts';
export { skillList, skillNews, skillText } from './skill-words.ts';
/** Reads the skills of a folder. Ownership: nothing is held open. */
export { createSkills, type Skill, type SkillPlace, type Skills } from './skills.ts';
