import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

async function fixtureWith(options: FixtureOptions): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

const FILES = { '.qwen/skills/review/SKILL.md': '---\nname: review\ndescription: Reviews a change.\n---\nRead the diff first.' };

test('the model reads the names of skills, and the body when it loads one', async () => {
  const load = calls({ id: 'c1', name: 'skill', input: { skill: 'review', args: 'HEAD~1' } });
  const fixture = await fixtureWith({ files: FILES, answers: [load, says('done'), says('again')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const [first, second] = fixture.model.requests;
  expect(first?.system).toContain('- review: Reviews a change.');
  expect(first?.system).not.toContain('Read the diff first.');
  expect(JSON.stringify(second?.messages.at(-1))).toContain('Read the diff first.');
  expect(JSON.stringify(second?.messages.at(-1))).toContain('HEAD~1');
  expect(second?.system).toBe(first?.system);
});

test('skills of an untrusted folder, and disabled ones, are neither listed nor loaded', async () => {
  const load = calls({ id: 'c1', name: 'skill', input: { skill: 'review' } });
  const untrusted = await fixtureWith({ files: FILES, trust: false, answers: [load, says('done')] });
  await untrusted.run(await newSession(untrusted), 'go');
  expect(untrusted.model.requests[0]?.system).not.toContain('Reviews a change.');
  expect(JSON.stringify(untrusted.model.requests[1]?.messages.at(-1))).toContain('Unknown skill');
  const settings = { '.qwen/settings.json': '{ "skills": { "disabled": ["review"] } }' };
  const disabled = await fixtureWith({ files: { ...FILES, ...settings }, answers: [load, says('done')] });
  await disabled.run(await newSession(disabled), 'go');
  expect(disabled.model.requests[0]?.system).not.toContain('Reviews a change.');
});

test('a broken file is reported once, with its location, and the others work', async () => {
  const load = calls({ id: 'c1', name: 'skill', input: { skill: 'review' } });
  const fixture = await fixtureWith({ files: FILES, answers: [load, says('done')] });
  const path = join(fixture.root, '.qwen/skills/review/SKILL.md');
  writeFileSync(path, '---\nname: [\n---\nx');
  await fixture.run(await newSession(fixture), 'go');
  const reported = fixture.events.filter((event) => event.event === 'notice.raised');
  expect(reported).toHaveLength(1);
  expect(JSON.stringify(reported)).toContain(`${path}, line 3`);
});

test('a skill for certain files is announced once such a file was used, and the user can call it earlier', async () => {
  const skill = (name: string, paths: string) =>
    `---\nname: ${name}\ndescription: About ${name}.\npaths: ${paths}\n---\nThe body of ${name}.`;
  const read = (id: string, path: string) => calls({ id, name: 'read_file', input: { file_path: path } });
  const fixture = await fixtureWith({
    files: {
      'src/a.tsx': 'export {};',
      'notes.txt': 'text',
      '.qwen/skills/tsx/SKILL.md': skill('tsx', "['src/**/*.tsx']"),
      '.qwen/skills/sql/SKILL.md': skill('sql', "'**/*.sql'"),
    },
    answers: [read('c1', 'notes.txt'), read('c2', 'src/a.tsx'), read('c3', 'src/a.tsx'), says('done'), says('as you say')],
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const [first, second, third, fourth] = fixture.model.requests;
  expect(first?.system).not.toContain('About');
  expect(second?.messages.at(-1)?.role).toBe('tool');
  expect(JSON.stringify(third?.messages.at(-1))).toContain('- tsx: About tsx.');
  expect(fourth?.messages.at(-1)?.role).toBe('tool'); // once
  expect(JSON.stringify(fourth?.messages)).not.toContain('About sql');
  await fixture.run(id, '/sql');
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages.at(-1))).toContain('The body of sql.');
});
