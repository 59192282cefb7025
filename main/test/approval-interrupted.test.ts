/** An approval that is pending when the app ends: its records in the file, and its later answers. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Approval, SessionId, SessionSnapshot } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says, type ScriptedAnswer } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

const SHELL = { id: 'c1', name: 'run_shell_command', input: { command: 'touch made && echo done making' } };

interface Restarted {
  readonly first: EngineFixture;
  readonly second: EngineFixture;
  readonly id: SessionId;
  readonly snapshot: SessionSnapshot;
  readonly approval: Approval | undefined;
}

/** A turn requests approval; then the app closes, or is killed. */
async function restartWhileAsked(
  how: 'closed' | 'killed',
  call: { id: string; name: string; input: Record<string, unknown> },
  ...answers: ScriptedAnswer[]
): Promise<Restarted> {
  const first = await createEngineFixture({ hostKind: 'desktop', answers: [calls(call)], files: { 'a.txt': 'one\n' } });
  open.push(first);
  const id = await newSession(first, { mode: 'default' });
  const turn = first.run(id, 'make it');
  await first.until('approval.requested');
  expect(JSON.stringify(first.records(id))).toContain('gantry_question'); // no client sees an approval before it is written
  const file = readFileSync(first.sessionFile(id));
  await first.engine.close();
  if (how === 'closed') expect((await turn).end).toBe('interrupted');
  else writeFileSync(first.sessionFile(id), file);
  const second = await first.second(...answers);
  open.push(second);
  const before = readFileSync(first.sessionFile(id), 'utf8');
  const snapshot = await second.engine.sessions.open(second.project.id, id, { mode: 'default' });
  expect(readFileSync(first.sessionFile(id), 'utf8')).toBe(before);
  return { first, second, id, snapshot, approval: snapshot.approvals[0] };
}

const allow = ({ second, approval }: Pick<Restarted, 'second' | 'approval'>) => {
  if (approval === undefined) throw new Error('nothing is asked');
  second.engine.sessions.get(approval.sessionId).approvals.resolve(approval.id, approval.digest, { kind: 'allow', scope: 'once' });
};
const reported = ({ second }: Restarted, at = -1) => JSON.stringify(second.model.requests.at(at)?.messages);
const made = ({ first }: Restarted) => existsSync(join(first.root, 'made'));

for (const how of ['closed', 'killed'] as const) {
  test(`after the app was ${how}, the approval is requested again, and an allowed call runs and its result reaches the model`, async () => {
    const restarted = await restartWhileAsked(how, SHELL, says('so it is made'), says('and more'));
    const { second, id, snapshot, approval } = restarted;
    expect(approval).toMatchObject({ interrupted: true, toolCallId: 'c1', command: SHELL.input.command });
    expect(snapshot.summary.state).toBe('needs_you');
    expect(snapshot.items.find((item) => item.id === 'c1')).toMatchObject({ status: 'awaiting_approval', approvalId: approval?.id });
    // The card continues the turn: a retry would skip the approval.
    expect(snapshot.items.filter((item) => item.kind === 'notice' && item.action === 'retry')).toEqual([]);
    expect(made(restarted)).toBe(false);

    allow(restarted);
    const { result } = await second.until('turn.ended');
    expect(result.end).toBe('completed');
    expect(made(restarted)).toBe(true);
    const messages = second.model.requests[0]?.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
    expect(JSON.stringify(messages[2])).toContain('It was not run');
    expect(JSON.stringify(messages[3])).toContain('done making');
    const row = (await second.items(id)).find((item) => item.id === 'c1');
    expect(row).toMatchObject({ kind: 'tool', status: 'success', display: { kind: 'shell', outcome: 'completed' } });

    await second.run(id, 'go on');
    expect(reported(restarted)).toContain('done making');
    await second.engine.close();
    const third = await second.second(says('read'));
    open.push(third);
    const reopened = await third.engine.sessions.open(third.project.id, id);
    expect(reopened.approvals).toEqual([]);
    expect(reopened.items.find((item) => item.id === 'c1')).toMatchObject({ status: 'success', display: { kind: 'shell' } });
    await third.run(id, 'and now');
    expect(third.model.requests[0]?.messages.slice(0, 4)).toEqual(messages);
  });
}

test('a denial is sent with the next prompt, and makes no request by itself', async () => {
  const restarted = await restartWhileAsked('closed', SHELL, says('fine'));
  const { second, id, approval } = restarted;
  if (approval === undefined) throw new Error('nothing is asked');
  second.engine.sessions.get(id).approvals.resolve(approval.id, approval.digest, { kind: 'deny', note: 'use make' });
  const opened = () => second.engine.sessions.open(second.project.id, id);
  await expect.poll(async () => (await opened()).items.find((item) => item.id === 'c1')).toMatchObject({ status: 'denied' });
  await expect.poll(async () => (await opened()).summary.state).toBe('idle'); // otherwise the prompt would wait in the queue
  expect(second.model.requests).toEqual([]);
  await second.run(id, 'what now?');
  expect(reported(restarted)).toContain('use make');
  expect(made(restarted)).toBe(false);
  await second.engine.close();
  const third = await second.second();
  open.push(third);
  const reopened = await third.engine.sessions.open(third.project.id, id);
  expect(reopened.items.find((item) => item.id === 'c1')).toMatchObject({ status: 'denied' });
});

test('a prompt instead of an answer withdraws the approval, and nothing is run', async () => {
  const restarted = await restartWhileAsked('killed', SHELL, says('as you like'));
  const { second, id, approval } = restarted;
  await second.run(id, 'leave it');
  expect(second.events.some((event) => event.event === 'approval.resolved' && event.data.approvalId === approval?.id)).toBe(true);
  expect(() => allow(restarted)).toThrow('already been answered');
  expect(reported(restarted)).toContain('It was not run');
  expect(made(restarted)).toBe(false);
  expect((await second.engine.sessions.open(second.project.id, id)).approvals).toEqual([]);
});

test('an edit is shown against the current file, and refused when that changes before the edit runs', async () => {
  const edit = { id: 'c2', name: 'write_file', input: { file_path: 'a.txt', content: 'two\n' } };
  const read = { id: 'c1', name: 'read_file', input: { file_path: 'a.txt' } };
  const first = await createEngineFixture({ hostKind: 'desktop', answers: [calls(read), calls(edit)], files: { 'a.txt': 'one\n' } });
  open.push(first);
  const id = await newSession(first, { mode: 'default' });
  void first.run(id, 'write it');
  await first.until('approval.requested');
  await first.engine.close();
  const path = join(first.root, 'a.txt');
  writeFileSync(path, 'other\n');
  const second = await first.second(says('hm'));
  open.push(second);
  const { approvals } = await second.engine.sessions.open(second.project.id, id, { mode: 'default' });
  expect(approvals[0]?.display).toMatchObject({ kind: 'diff', patch: expect.stringContaining('-other') });
  writeFileSync(path, 'changed once more\n');
  allow({ second, approval: approvals[0] });
  await second.until('turn.ended');
  expect(readFileSync(path, 'utf8')).toBe('changed once more\n');
  expect(JSON.stringify(second.model.requests[0]?.messages.at(-1))).toContain('has changed since');
});

test('a call is not run if another program has continued the session since', async () => {
  const restarted = await restartWhileAsked('closed', SHELL, says('well'));
  const { first, second, id } = restarted;
  const last = second.records(id).at(-1);
  const record = {
    ...last,
    uuid: 'other',
    parentUuid: last?.['uuid'],
    type: 'user',
    subtype: undefined,
    toolCallResult: undefined,
    gantry: undefined,
  };
  appendFileSync(first.sessionFile(id), `${JSON.stringify({ ...record, message: { role: 'user', parts: [{ text: 'leave it' }] } })}\n`);
  allow(restarted);
  await expect
    .poll(async () => (await second.items(id)).some((item) => item.kind === 'notice' && item.code === 'approval_stale'))
    .toBe(true);
  expect(made(restarted)).toBe(false);
  expect(second.model.requests).toEqual([]);
});

test('a call whose effect has changed needs approval again', async () => {
  const output = JSON.stringify({ hookSpecificOutput: { updatedInput: { command: 'touch other' } } });
  const hooks = { PreToolUse: [{ hooks: [{ type: 'command', command: `echo '${output}'` }] }] };
  const files = { '.qwen/settings.json': JSON.stringify({ hooks }) };
  const first = await createEngineFixture({ hostKind: 'desktop', answers: [calls(SHELL)], files });
  open.push(first);
  const id = await newSession(first, { mode: 'default' });
  void first.run(id, 'make it');
  await first.until('approval.requested');
  await first.engine.close();
  const second = await first.second(says('well'));
  open.push(second);
  const { approvals } = await second.engine.sessions.open(second.project.id, id, { mode: 'default' });
  expect(approvals[0]?.command).toBe(SHELL.input.command);
  allow({ second, approval: approvals[0] });
  const { approval } = await second.until('approval.requested', (asked) => asked.approval.interrupted !== true);
  expect(approval.command).toBe('touch other');
  second.engine.sessions.get(id).approvals.resolve(approval.id, approval.digest, { kind: 'deny' });
  await second.until('turn.ended');
  expect(['made', 'other'].map((name) => existsSync(join(first.root, name)))).toEqual([false, false]);
});

test('an approval that was answered before the end is not requested again: the call may have run', async () => {
  const first = await createEngineFixture({
    hostKind: 'desktop',
    answers: [calls({ ...SHELL, input: { command: 'echo begun; sleep 300' } })],
  });
  open.push(first);
  const id = await newSession(first, { mode: 'default' });
  void first.run(id, 'make it');
  await first.answerNext({ kind: 'allow', scope: 'once' });
  await first.until('item.changed', ({ item }) => item.kind === 'tool' && item.status === 'running');
  const file = readFileSync(first.sessionFile(id));
  await first.engine.close();
  writeFileSync(first.sessionFile(id), file);
  const second = await first.second(says('ok'));
  open.push(second);
  expect((await second.engine.sessions.open(second.project.id, id)).approvals).toEqual([]);
  await second.run(id, 'and?');
  expect(JSON.stringify(second.model.requests[0]?.messages)).toContain('Its effect is unknown');
});

test('without a user who can answer, no approval is requested again', async () => {
  const { first, id } = await restartWhileAsked('closed', SHELL);
  const third = await first.second();
  open.push(third);
  await open[1]?.engine.close();
  expect((await third.engine.sessions.open(third.project.id, id, { unattended: true })).approvals).toEqual([]);
});

test('a program that reads our output is not asked: it has not connected yet', async () => {
  const first = await createEngineFixture({ answers: [calls(SHELL)] });
  open.push(first);
  const id = await newSession(first, { mode: 'default' });
  void first.run(id, 'make it');
  await first.until('approval.requested');
  await first.engine.close();
  const second = await first.second(says('ok'));
  open.push(second);
  expect((await second.engine.sessions.open(second.project.id, id)).approvals).toEqual([]);
  await second.run(id, 'and?');
  expect(JSON.stringify(second.model.requests[0]?.messages)).toContain('It was not run');
});
