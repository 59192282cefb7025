/** The texts about skills that the model reads. Pure. */
import type { Skill } from './skills.ts';

/** Limits for all of them together, and for each. Units: UTF-16 code units. */
const LIST_CHARS = 4_000;
const DESCRIPTION_CHARS = 250;
/** The most that are announced at once, in the middle of a turn. */
const MAX_NEWS = 10;

/** For the stable part of the system text; empty if there are no skills. Skills beyond the limit are counted. */
export function skillList(skills: readonly Skill[]): string {
  const offered = skills.filter(({ isForModel, paths }) => isForModel && paths.length === 0);
  if (offered.length === 0) return '';
  const lines: string[] = [];
  let chars = 0;
  for (const { name, description } of offered) {
    const line = `- ${name}: ${cut(description)}`;
    chars += line.length + 1;
    if (chars > LIST_CHARS) break;
    lines.push(line);
  }
  const left = offered.length - lines.length;
  return [
    '# Skills',
    'Instructions for certain tasks. If one fits the task, load it with the skill tool before you begin.',
    ...lines,
    ...(left === 0 ? [] : [`- and ${left} more, which the skill tool names when it is given an unknown name`]),
  ].join('\n');
}

/** Sent in the middle of a turn; undefined: there are no skills to announce. */
export function announceSkills(skills: readonly Skill[]): string | undefined {
  if (skills.length === 0) return undefined;
  const lines = skills.slice(0, MAX_NEWS).map(({ name, description }) => `- ${name}: ${cut(description)}`);
  return ['There are skills for files that you have just used. Load one with the skill tool if it fits.', ...lines].join('\n');
}

/** The body of the skill, the folder of its files, and its arguments. */
export function skillText(skill: Skill, args: string): string {
  const given = args.trim();
  return [
    `Skill ${skill.name}. Paths in it are relative to ${skill.folder}.`,
    skill.body,
    ...(given === '' ? [] : [`Arguments: ${given}`]),
  ].join('\n\n');
}

export function unknownSkill(name: string, skills: readonly Skill[]): string {
  const names = skills.filter(({ isForModel }) => isForModel).map((skill) => skill.name);
  return names.length === 0
    ? `Unknown skill "${name}": this folder has no skills.`
    : `Unknown skill "${name}". Available skills: ${names.join(', ')}.`;
}

function cut(text: string): string {
  return text.length <= DESCRIPTION_CHARS ? text : `${text.slice(0, DESCRIPTION_CHARS - 3).toWellFormed()}...`;
}
