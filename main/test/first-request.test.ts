import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

async function firstRequest(options: FixtureOptions, session: Parameters<typeof newSession>[1] = {}) {
  const fixture = await createEngineFixture({ ...options, answers: [says('1'), says('2')] });
  open.push(fixture);
  const id = await newSession(fixture, session);
  await fixture.run(id, 'go');
  await fixture.run(id, 'go on');
  const [first, second] = fixture.model.requests;
  if (first === undefined || second === undefined) throw new Error('no request was made');
  return { first, second, root: fixture.root };
}

/** Source: docs/testing.md, "Budgets". Unit: bytes of JSON. */
const BUDGET_BYTES = 16 * 1024;

test('the system prompt and all schemas stay within 16 KB', async () => {
  const { first } = await firstRequest({});
  expect(Buffer.byteLength(JSON.stringify({ system: first.system, tools: first.tools }))).toBeLessThan(BUDGET_BYTES);
});

test("its bytes do not change between turns, and it contains the agent's environment", async () => {
  const { first, second, root } = await firstRequest({});
  expect(second.system).toBe(first.system);
  expect(JSON.stringify(second.tools)).toBe(JSON.stringify(first.tools));
  expect(first.system).toContain(`Working directory: ${root}`);
  expect(first.system).toMatch(/Date: \d{4}-\d{2}-\d{2}/);
});

const FILES = { 'QWEN.md': 'Use tabs.', 'AGENTS.md': 'Run the tests.' };

test("a trusted folder's memory files are part of it, an untrusted one's are not", async () => {
  expect((await firstRequest({ files: FILES })).first.system).toMatch(
    /# From QWEN\.md\nUse tabs\.[\s\S]*# From AGENTS\.md\nRun the tests\./,
  );
  expect((await firstRequest({ files: FILES, trust: false })).first.system).not.toContain('Use tabs.');
});

test('a very long memory file is cut and says so', async () => {
  const { first } = await firstRequest({ files: { 'QWEN.md': 'x'.repeat(100_000) } });
  expect(first.system.length).toBeLessThan(50_000);
  expect(first.system).toContain('[cut: the file has 100000 bytes]');
});

test('an import that is not read is reported to the model and once to the user', async () => {
  const fixture = await createEngineFixture({ files: { 'QWEN.md': 'See @../outside.md' }, answers: [says('1'), says('2')] });
  open.push(fixture);
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  await fixture.run(id, 'go on');
  expect(fixture.model.requests[0]?.system).toContain('# Not read\n- @../outside.md: the file does not exist');
  expect((await fixture.items(id)).filter((item) => item.kind === 'notice')).toMatchObject([
    { level: 'warning', detail: '- @../outside.md: the file does not exist' },
  ]);
});

test("a caller's prompt replaces ours or follows it", async () => {
  const replaced = (await firstRequest({}, { systemPrompt: 'You are a parrot.' })).first.system;
  expect(replaced.startsWith('You are a parrot.')).toBe(true);
  expect(replaced).not.toContain('You are Gantry');
  const followed = (await firstRequest({}, { appendSystemPrompt: 'Speak French.' })).first.system;
  expect(followed).toContain('You are Gantry');
  expect(followed.endsWith('Speak French.')).toBe(true);
});
