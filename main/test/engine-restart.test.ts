import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { TranscriptItem } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, hangsAfter, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

async function restart(fixture: EngineFixture, ...answers: Parameters<EngineFixture['second']>): Promise<EngineFixture> {
  await fixture.engine.close();
  const second = await fixture.second(...answers);
  open.push(second);
  return second;
}

const shown = (items: readonly TranscriptItem[]) =>
  items.map((item) => (item.kind === 'tool' ? `${item.id} ${item.status}` : `${item.kind} ${item.text}`));

/** Cuts the file after the first matching record, as a kill at that moment leaves it. */
function cutBehind(path: string, fits: (record: Record<string, unknown>) => boolean): void {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const at = lines.findIndex((line) => fits(JSON.parse(line)));
  writeFileSync(path, `${lines.slice(0, at + 1).join('\n')}\n`);
}

test('a turn interrupted by a kill is shown as interrupted, continues on request, and its call gets a result on disk', async () => {
  const fixture = await setUp({ answers: [calls({ id: 'c1', name: 'glob', input: { pattern: '*' } }), says('never seen')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  cutBehind(fixture.sessionFile(id), (record) => record['type'] === 'assistant');

  const second = await restart(fixture, says('going on'));
  expect(shown(await second.items(id))).toEqual(['user go', 'c1 cancelled', 'notice The last turn did not finish.']);
  second.engine.sessions.get(id).work.retryNow();
  await second.until('turn.ended', ({ result }) => result.end === 'completed');
  expect(second.model.requests[0]?.messages).toMatchObject([
    { role: 'user', text: 'go' },
    { role: 'assistant', toolCalls: [{ id: 'c1' }] },
    { role: 'tool', results: [{ callId: 'c1', isError: true, text: expect.stringContaining('Interrupted') }] },
  ]);
  const records = second.records(id).filter((record) => record['subtype'] !== 'ui_telemetry');
  expect(records.map((record) => record['type'])).toEqual(['user', 'assistant', 'tool_result', 'assistant']);

  expect(shown(await second.items(id))).toEqual(['user go', 'c1 cancelled', 'assistant going on']);
  const third = await restart(second);
  expect(shown(await third.items(id))).toEqual(['user go', 'c1 cancelled', 'assistant going on']);
});

test('a turn the user stopped is not shown as interrupted', async () => {
  const fixture = await setUp({ answers: [hangsAfter('')] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.changed', (data) => data.turn.phase === 'streaming');
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  const second = await restart(fixture);
  expect(shown(await second.items(id))).toEqual(['user go', 'notice You stopped the turn.']);
});

test('closing the engine during a turn leaves a valid file and no lease', async () => {
  const fixture = await setUp({ answers: [calls({ id: 'c1', name: 'run_shell_command', input: { command: 'echo begun; sleep 60' } })] });
  const id = await newSession(fixture, { mode: 'yolo' });
  const turn = fixture.run(id, 'go');
  await fixture.until('task.changed', (data) => data.task.lastLine === 'begun');
  const second = await restart(fixture);
  expect((await turn).end).toBe('cancelled');
  const snapshot = await second.engine.sessions.open(second.project.id, id);
  expect(snapshot.heldBy).toBeUndefined();
  expect(shown(snapshot.items)).toEqual(['user go', 'c1 cancelled']);
});

test('a foreground command of a tool that a kill of the app interrupted is shown as such at the next start', async () => {
  const fixture = await setUp({ answers: [calls({ id: 'c1', name: 'run_shell_command', input: { command: 'echo begun; sleep 60' } })] });
  const id = await newSession(fixture, { mode: 'yolo' });
  const turn = fixture.run(id, 'go');
  await fixture.until('task.changed', (data) => data.task.lastLine === 'begun');
  const left = readFileSync(fixture.sessionFile(id)); // the state of a kill at this moment
  await fixture.engine.close();
  await turn;
  writeFileSync(fixture.sessionFile(id), left);
  const second = await fixture.second();
  open.push(second);
  const items = await second.items(id);
  expect(shown(items)).toEqual(['user go', 'c1 cancelled', 'notice The last turn did not finish.']);
  expect(items[1]).toMatchObject({
    target: 'echo begun; sleep 60',
    error: 'Interrupted: Gantry ended before this finished.',
    problem: 'interrupted',
  });
});

test('a file that cannot be written fails the turn, and the next one works again', async () => {
  const fixture = await setUp({
    answers: [calls({ id: 'c1', name: 'run_shell_command', input: { command: 'touch made' } }), says('recovered')],
  });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  const { approval } = await fixture.until('approval.requested');
  const path = fixture.sessionFile(id);
  renameSync(path, `${path}.aside`);
  mkdirSync(path); // even root cannot append to a folder
  fixture.engine.sessions.get(id).approvals.resolve(approval.id, approval.digest, { kind: 'allow', scope: 'once' });
  expect(await turn).toMatchObject({
    end: 'failed',
    error: { code: 'file_unreadable', message: expect.stringContaining(`${path} is not a regular file but a folder.`) },
  });
  rmSync(path, { recursive: true });
  renameSync(`${path}.aside`, path);
  expect((await fixture.run(id, 'again')).end).toBe('completed');
  expect(fixture.model.requests[1]?.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'user']);
});

test('a long session shows its end, pages back to its beginning, and is the same after loading', async () => {
  const fixture = await setUp({ files: { 'a.txt': 'text' } });
  const id = await newSession(fixture);
  const rounds = 350;
  for (let round = 0; round < rounds; round += 1) {
    fixture.model.push(calls({ id: `c${round}`, name: 'read_file', input: { file_path: 'a.txt', limit: 1 + (round % 3) } }));
  }
  fixture.model.push(says('the end'));
  await fixture.run(id, 'go');

  const pages = async (engine: EngineFixture): Promise<string[]> => {
    const snapshot = await engine.engine.sessions.open(engine.project.id, id);
    expect(snapshot.items).toHaveLength(300);
    let items: readonly TranscriptItem[] = snapshot.items;
    let left = snapshot.earlierItems;
    while (left > 0) {
      const [first] = items;
      if (first === undefined) break;
      const page = await engine.engine.sessions.get(id).earlier({ beforeItemId: first.id, limit: 20 });
      expect(page.earlierItems).toBe(left - page.items.length);
      items = [...page.items, ...items];
      left = page.earlierItems;
    }
    return shown(items);
  };
  const all = ['user go', ...Array.from({ length: rounds }, (_, round) => `c${round} success`), 'assistant the end'];
  expect(await pages(fixture)).toEqual(all);
  expect(await pages(await restart(fixture))).toEqual(all);
});

test('a session without viewers releases its lease and keeps its mode', async () => {
  const fixture = await setUp({ answers: [says('1'), says('2')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  fixture.engine.sessions.get(id).setMode('auto-edit');
  const second = await fixture.second();
  open.push(second);
  expect((await second.engine.sessions.open(second.project.id, id)).heldBy).toBeDefined();
  fixture.engine.sessions.release(id);
  await expect.poll(async () => (await second.engine.sessions.open(second.project.id, id)).heldBy).toBeUndefined();
  await second.engine.close();
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).mode).toBe('auto-edit');
  expect((await fixture.run(id, 'again')).end).toBe('completed');
});

test('the plan and the model of a session are restored with it', async () => {
  const todos = [{ id: '1', content: 'write', status: 'in_progress' }];
  const fixture = await setUp({ answers: [calls({ id: 'c1', name: 'todo_write', input: { todos } }), says('ok')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const second = await restart(fixture);
  const snapshot = await second.engine.sessions.open(second.project.id, id);
  expect(snapshot.items[1]).toMatchObject({ kind: 'tool', display: { kind: 'todos', todos } });
  expect(snapshot.model).toEqual({ providerId: 'scripted', modelId: 'scripted-1' });
});

test('tools that were searched for before a restart are in the first request after it, in their order', async () => {
  const search = (id: string, query: string) => calls({ id, name: 'tool_search', input: { query } });
  const fixture = await setUp({ answers: [search('s1', 'select:notebook_edit'), search('s2', 'select:enter_plan_mode'), says('found')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'look for them');
  const before = fixture.model.requests.at(-1)?.tools.map(({ name }) => name);
  expect(before?.slice(-2)).toEqual(['notebook_edit', 'enter_plan_mode']);
  const second = await restart(fixture, says('here'));
  await second.engine.sessions.open(second.project.id, id);
  await second.run(id, 'use them');
  expect(second.model.requests[0]?.tools.map(({ name }) => name)).toEqual(before);
  await second.run(await newSession(second), 'new');
  expect(second.model.requests.at(-1)?.tools.map(({ name }) => name)).not.toContain('notebook_edit');
});
