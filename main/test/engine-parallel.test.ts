/** Read-only commands run in parallel; a command that can change something waits for those before it. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

const shell = (id: string, command: string) => ({ id, name: 'run_shell_command', input: { command } });

test('commands that only read run in parallel, one that writes runs after them, and the results keep the order', async () => {
  const fixture = await createEngineFixture({
    answers: [
      calls(shell('c1', 'cat one'), shell('c2', 'cat two | head -5'), shell('c3', 'touch made'), shell('c4', 'ls made')),
      says('done'),
    ],
  });
  open.push(fixture);
  for (const name of ['one', 'two']) execFileSync('mkfifo', [join(fixture.root, name)]);
  const id = await newSession(fixture, { mode: 'yolo' });
  const turn = fixture.run(id, 'look');
  // Both wait for their pipes; if they ran in sequence, the second could not start before the end of the first.
  await expect.poll(() => fixture.engine.tasks.list(id).filter(({ status }) => status === 'running').length).toBe(2);
  expect(existsSync(join(fixture.root, 'made'))).toBe(false);
  writeFileSync(join(fixture.root, 'two'), 'second\n');
  await fixture.until('task.changed', ({ task }) => task.command === 'cat two | head -5' && task.status === 'completed');
  writeFileSync(join(fixture.root, 'one'), 'first\n');
  await turn;
  const results = fixture.model.requests[1]?.messages.at(-1);
  const texts = results?.role === 'tool' ? results.results.map(({ callId, text }) => [callId, text]) : [];
  expect(texts.map(([callId]) => callId)).toEqual(['c1', 'c2', 'c3', 'c4']);
  expect(texts[0]?.[1]).toContain('first');
  expect(texts[1]?.[1]).toContain('second');
  expect(texts[3]?.[1]).toContain('made');
  const written = fixture.records(id).flatMap((record) => (record['type'] === 'tool_result' ? [record['toolCallResult']] : []));
  expect(written).toMatchObject([{ callId: 'c1' }, { callId: 'c2' }, { callId: 'c3' }, { callId: 'c4' }]);
});

test('a command that may do more than read runs alone', async () => {
  const fixture = await createEngineFixture({
    answers: [calls(shell('c1', 'cat one'), shell('c2', 'cat two > copy')), says('done')],
  });
  open.push(fixture);
  for (const name of ['one', 'two']) execFileSync('mkfifo', [join(fixture.root, name)]);
  const id = await newSession(fixture, { mode: 'yolo' });
  const turn = fixture.run(id, 'look');
  await fixture.until('task.changed', ({ task }) => task.status === 'running');
  writeFileSync(join(fixture.root, 'one'), 'first\n');
  await fixture.until('task.changed', ({ task }) => task.command === 'cat two > copy' && task.status === 'running');
  expect(fixture.engine.tasks.list(id).filter(({ status }) => status === 'running')).toHaveLength(1);
  writeFileSync(join(fixture.root, 'two'), 'second\n');
  expect((await turn).end).toBe('completed');
});
