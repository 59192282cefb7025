import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createNodeFs } from '../local/node-fs.ts';
import type { FileProblem } from '../engine/lib/front-matter-files.ts';
import { createSkillTool } from '../engine/skill/skill-tool.ts';
import { skillList, skillText } from '../engine/skill/skill-texts.ts';
import { createSkills } from '../engine/skill/skills.ts';
import { makeWorkspace } from './support/tool-workspace.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function place(files: Readonly<Record<string, string>>) {
  const base = mkdtempSync(join(tmpdir(), 'gantry-skills-'));
  folders.push(base);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(join(base, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const problems: FileProblem[] = [];
  const skills = createSkills({ fs: createNodeFs(), qwenHome: join(base, 'home'), onProblem: (problem) => void problems.push(problem) });
  const list = (options: { isTrusted?: boolean; disabled?: string[] } = {}) =>
    skills.list({ root: join(base, 'project'), isTrusted: true, disabled: [], ...options });
  return { base, write, problems, list };
}

const skill = (name: string, description: string, more = '') =>
  `---\nname: ${name}\ndescription: ${description}\n${more}---\n\nThe body of ${name}.`;

test("the project's skill hides the user's of the same name", async () => {
  const { list, base } = place({
    'home/skills/review/SKILL.md': skill('review', "the user's"),
    'home/skills/deploy/SKILL.md': skill('deploy', 'only here'),
    'project/.qwen/skills/review/SKILL.md': skill('review', "the project's"),
  });
  expect((await list()).map(({ name, description, scope }) => [name, description, scope])).toEqual([
    ['deploy', 'only here', 'user'],
    ['review', "the project's", 'project'],
  ]);
  expect((await list())[1]).toMatchObject({ body: 'The body of review.', folder: join(base, 'project/.qwen/skills/review') });
});

test("an untrusted folder's skills are not read", async () => {
  const { list, problems } = place({ 'project/.qwen/skills/a/SKILL.md': skill('a', 'd'), 'project/.qwen/skills/b/SKILL.md': '---\n[' });
  expect(await list({ isTrusted: false })).toEqual([]);
  expect(problems).toEqual([]);
});

test('disabled skills are omitted and the others are ordered by priority', async () => {
  const { list } = place({
    'home/skills/a/SKILL.md': skill('a', 'd'),
    'home/skills/b/SKILL.md': skill('b', 'd', 'priority: 5\n'),
    'home/skills/c/SKILL.md': skill('c', 'd'),
  });
  expect((await list({ disabled: ['c'] })).map(({ name }) => name)).toEqual(['b', 'a']);
});

test('a broken file is reported once with its line, and again only after it has changed', async () => {
  const { list, problems, base, write } = place({
    'home/skills/bad/SKILL.md': '---\nname: bad\ndescription: [\n---\nx',
    'home/skills/mute/SKILL.md': '---\nname: mute\n---\nx',
    'home/skills/good/SKILL.md': skill('good', 'd'),
  });
  expect((await list()).map(({ name }) => name)).toEqual(['good']);
  await list();
  expect(problems.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: join(base, 'home/skills/bad/SKILL.md'), line: 4, message: expect.any(String) },
    { path: join(base, 'home/skills/mute/SKILL.md'), line: 1, message: 'The front matter has no "description".' },
  ]);
  write('home/skills/bad/SKILL.md', skill('bad', 'mended now'));
  expect((await list()).map(({ name }) => name)).toEqual(['bad', 'good']);
});

test("an invalid name is refused, a missing one is the folder's", async () => {
  const { list, problems } = place({
    'home/skills/x/SKILL.md': '---\nname: two words\ndescription: d\n---\n',
    'home/skills/Prüfung/SKILL.md': '---\ndescription: d\n---\n',
  });
  expect((await list()).map(({ name }) => name)).toEqual(['Prüfung']);
  expect(problems[0]?.message).toContain('two words');
});

test('the list for the model is bounded and omits skills that are not for it', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_unused, n) => [`home/skills/s${n}/SKILL.md`, skill(`s${n}`, 'long '.repeat(100))]),
  );
  const { list } = place({ ...many, 'home/skills/mine/SKILL.md': skill('mine', 'd', 'priority: 9\ndisable-model-invocation: true\n') });
  const text = skillList(await list());
  expect(text.length).toBeLessThan(4500);
  expect(text).not.toContain('- mine:');
  expect(text).toMatch(/and \d+ more/);
  expect(skillList([])).toBe('');
});

test('a skill for certain files is not in the list, and at most 50 of its patterns are used', async () => {
  const patterns = Array.from({ length: 60 }, (_unused, at) => `  - '*.${at}'\n`).join('');
  const { list } = place({ 'home/skills/css/SKILL.md': skill('css', 'styles', `paths:\n${patterns}`) });
  expect(skillList(await list())).toBe('');
  expect((await list())[0]?.paths).toHaveLength(50);
});

test('an invalid priority is ignored, and a long description is not cut inside a character', async () => {
  const { list } = place({
    'home/skills/a/SKILL.md': skill('a', 'd', 'priority: .inf\n'),
    'home/skills/b/SKILL.md': skill('b', `${'x'.repeat(246)}🙂${'y'.repeat(20)}`, 'priority: 1\n'),
  });
  expect((await list()).map(({ name }) => name)).toEqual(['b', 'a']);
  expect(skillList(await list()).split('\n')[2]).toBe(`- b: ${'x'.repeat(246)}\ufffd...`);
});

test('the tool loads a skill by its name or as a command, and offers only those for the model', async () => {
  const { list, base } = place({
    'home/skills/review/SKILL.md': skill('review', 'd'),
    'home/skills/mine/SKILL.md': skill('mine', 'd', 'disable-model-invocation: true\n'),
  });
  const tool = createSkillTool(() => list());
  const found = (await list()).find(({ name }) => name === 'review');
  if (found === undefined) throw new Error('no skill');
  expect(skillText(found, ' now ')).toBe(
    `Skill review. Paths in it are relative to ${join(base, 'home/skills/review')}.\n\nThe body of review.\n\nArguments: now`,
  );
  const refusal = 'Unknown skill "mine". Available skills: review.';
  const { context, remove } = await makeWorkspace();
  const preview = (name: string) => tool.preview({ skill: name }, context);
  expect(await preview('/review')).toMatchObject({ ok: true });
  expect(await preview('mine')).toEqual({ ok: false, refusal });
  await remove();
});
