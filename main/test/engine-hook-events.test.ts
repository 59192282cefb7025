/** Hook events through a whole engine and real programs that write their input to files. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { isGroupAlive } from '../pty-host/process/process-group.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, hangsAfter, says, type ScriptedAnswer } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

const keeps = (name: string, more = '') => ({
  hooks: [{ type: 'command', command: `cat >> reported-${name}; echo >> reported-${name}; ${more}` }],
});

async function fixtureWith(hooks: Record<string, unknown[]>, ...answers: ScriptedAnswer[]): Promise<EngineFixture> {
  const fixture = await createEngineFixture({ answers, files: { '.qwen/settings.json': JSON.stringify({ hooks }), 'a.txt': 'text' } });
  open.push(fixture);
  return fixture;
}

/** The input of the program, one value for each run. */
function hookInputs(fixture: EngineFixture, name: string): Record<string, unknown>[] {
  const path = join(fixture.root, `reported-${name}`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

const long = (text: string) => says(`${text} ${Array.from({ length: 1000 }, (_unused, at) => `number ${at}`).join(' ')}`);

test('PreCompact, PostCompact and SessionStart receive a compaction, with its reason and its summary', async () => {
  const fixture = await fixtureWith(
    {
      PreCompact: [keeps('pre')],
      PostCompact: [keeps('post')],
      SessionStart: [{ ...keeps('start', 'echo mind the tabs'), matcher: 'compact' }],
    },
    long('one'),
    long('two'),
    long('three'),
    says('<state_snapshot>all of it</state_snapshot>'),
    says('four'),
  );
  const id = await newSession(fixture);
  for (const prompt of ['1', '2', '3']) await fixture.run(id, prompt);
  expect((await fixture.engine.sessions.get(id).compact('keep the names')).compacted).toBe(true);
  expect(hookInputs(fixture, 'pre')).toMatchObject([
    { hook_event_name: 'PreCompact', trigger: 'manual', custom_instructions: 'keep the names' },
  ]);
  expect(hookInputs(fixture, 'post')).toMatchObject([{ trigger: 'manual', compact_summary: expect.stringContaining('all of it') }]);
  expect(hookInputs(fixture, 'start')).toMatchObject([{ source: 'compact' }]);
  await fixture.run(id, '4');
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages.at(-1))).toContain('mind the tabs');
});

test('the status message of a hook is shown while it runs, and no longer', async () => {
  const hook = { type: 'command', command: 'until [ -e go ]; do sleep 0.02; done', statusMessage: 'Looking\n it over' };
  const fixture = await fixtureWith({ UserPromptSubmit: [{ hooks: [hook] }] }, says('ok'));
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'hello');
  await fixture.until('session.changed', ({ summary }) => summary.hookStatus === 'Looking it over');
  writeFileSync(join(fixture.root, 'go'), '');
  await turn;
  const last = fixture.events.flatMap((one) => (one.event === 'session.changed' ? [one.data.summary] : [])).at(-1);
  expect(last).not.toHaveProperty('hookStatus');
});

test('hooks of a compaction run after a turn that was cancelled as well', async () => {
  const fixture = await fixtureWith(
    { PreCompact: [keeps('pre')] },
    long('one'),
    long('two'),
    long('three'),
    hangsAfter('busy'),
    says('short'),
  );
  const id = await newSession(fixture);
  for (const prompt of ['1', '2', '3']) await fixture.run(id, prompt);
  const turn = fixture.run(id, '4');
  await fixture.until('message.delta', ({ text }) => text === 'busy');
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  await fixture.engine.sessions.get(id).compact();
  expect(hookInputs(fixture, 'pre')).toHaveLength(1);
});

test('SubagentStart adds context to a subagent, and SubagentStop makes it continue', async () => {
  const again = `grep -q '"stop_hook_active":true' reported-stop || { echo "look again" >&2; exit 2; }`;
  const context = `echo '{"hookSpecificOutput":{"additionalContext":"be brief"}}'`;
  const fixture = await fixtureWith(
    { SubagentStart: [{ ...keeps('start', context), matcher: 'Explore' }], SubagentStop: [keeps('stop', again)] },
    calls({ id: 'c1', name: 'agent', input: { description: 'd', prompt: 'find it', subagent_type: 'Explore' } }),
    says('not there'),
    says('there'),
    says('done'),
  );
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const [, first, second, last] = fixture.model.requests;
  expect(first?.messages).toEqual([{ role: 'user', text: 'find it\n\nbe brief' }]);
  expect(JSON.stringify(second?.messages.at(-1))).toContain('look again');
  expect(JSON.stringify(last?.messages.at(-1))).toContain('"there"');
  const facts = { agent_id: 'c1', agent_type: 'Explore', session_id: id };
  expect(hookInputs(fixture, 'start')).toMatchObject([facts]);
  expect(hookInputs(fixture, 'stop')).toMatchObject([
    { ...facts, stop_hook_active: false, last_assistant_message: 'not there', agent_transcript_path: fixture.sessionFile(id) },
    { ...facts, stop_hook_active: true, last_assistant_message: 'there' },
  ]);
});

test('a denial, an interruption, new to-do items and a typed command run their hooks', async () => {
  const todos = [{ id: '1', content: 'write', status: 'completed' }];
  const fixture = await fixtureWith(
    {
      PermissionDenied: [keeps('denied')],
      PostToolUseFailure: [keeps('failed')],
      TodoCreated: [keeps('created')],
      TodoCompleted: [keeps('completed')],
      UserPromptExpansion: [keeps('expanded')],
    },
    calls(
      { id: 'c1', name: 'todo_write', input: { todos } },
      { id: 'c2', name: 'write_file', input: { file_path: 'b.txt', content: 'x' } },
    ),
    calls({ id: 'c3', name: 'run_shell_command', input: { command: 'cat' } }),
  );
  mkdirSync(join(fixture.root, '.qwen/commands'), { recursive: true });
  writeFileSync(join(fixture.root, '.qwen/commands/do.md'), 'Do {{args}} now');
  const id = await newSession(fixture, { mode: 'default' });
  const turn = fixture.run(id, '/do all of it');
  await fixture.answerNext({ kind: 'deny' });
  await fixture.until('item.changed', ({ item }) => item.kind === 'tool' && item.id === 'c3' && item.status === 'running');
  // These hooks only report, so the turn does not wait for them; cancelling it ends those that still run.
  await expect
    .poll(() => hookInputs(fixture, 'denied'))
    .toMatchObject([{ tool_name: 'write_file', tool_use_id: 'c2', reason: expect.stringContaining('refused') }]);
  await expect.poll(() => hookInputs(fixture, 'created')).toMatchObject([{ todo_id: '1', todo_content: 'write', all_todos: todos }]);
  await expect.poll(() => hookInputs(fixture, 'completed')).toMatchObject([{ todo_id: '1', previous_status: 'pending' }]);
  await expect
    .poll(() => hookInputs(fixture, 'expanded'))
    .toMatchObject([{ command_name: 'do', command_args: 'all of it', prompt: expect.stringContaining('Do all') }]);
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  await expect.poll(() => hookInputs(fixture, 'failed')).toMatchObject([{ tool_use_id: 'c3', is_interrupt: true }]);
});

test('after kill -9 of the app no hook runs, not even one that ignores SIGTERM, nor anything that it has started', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-hook-')));
  const pidFile = join(base, 'pid');
  // The input arrives after the watchdog has registered the hook, so a hook that has its input may be left.
  const command = `trap '' TERM; cat > /dev/null; sleep 300 & echo $$ > ${pidFile}; sleep 300`;
  mkdirSync(join(base, 'project', '.qwen'), { recursive: true });
  const hooks = { UserPromptSubmit: [{ hooks: [{ type: 'command', command, timeout: 300 }] }] };
  writeFileSync(join(base, 'project', '.qwen', 'settings.json'), JSON.stringify({ hooks }));
  const fixturePath = fileURLToPath(new URL('./support/hook-app.fixture.ts', import.meta.url));
  const app = spawn(process.execPath, [fixturePath, base, join(base, 'project')], { stdio: ['ignore', 'ignore', 'inherit'] });
  await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n')).toBe(true);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(isGroupAlive(pid)).toBe(true);
  app.kill('SIGKILL');
  await expect.poll(() => isGroupAlive(pid)).toBe(false);
  rmSync(base, { recursive: true, force: true });
});

test('PostToolBatch receives all calls of an answer together, and its output reaches the model after their results', async () => {
  const read = (id: string, path: string) => ({ id, name: 'read_file', input: { file_path: path } });
  const fixture = await fixtureWith(
    { PostToolBatch: [keeps('batch', 'echo "both were read" >&2; exit 2')] },
    calls(read('c1', 'a.txt'), read('c2', 'none.txt')),
    says('done'),
  );
  const id = await newSession(fixture);
  expect((await fixture.run(id, 'read')).end).toBe('completed');
  expect(hookInputs(fixture, 'batch')).toMatchObject([
    {
      tool_calls: [
        { tool_name: 'read_file', tool_use_id: 'c1', tool_input: { file_path: 'a.txt' }, status: 'success' },
        { tool_use_id: 'c2', status: 'error' },
      ],
    },
  ]);
  const messages = fixture.model.requests[1]?.messages ?? [];
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
  expect(messages.at(-1)).toMatchObject({ text: expect.stringMatching(/^A hook's message about these calls: .*both were read/) });
  expect((await fixture.items(id)).find(({ kind }) => kind === 'notice')).toMatchObject({
    content: { code: 'hook_commented', message: expect.stringContaining('both were read') },
  });
});

test('PostToolBatch can end the turn', async () => {
  const fixture = await fixtureWith(
    { PostToolBatch: [keeps('batch', `echo '{"continue":false,"stopReason":"enough"}'`)] },
    calls({ id: 'c1', name: 'read_file', input: { file_path: 'a.txt' } }),
    says('never'),
  );
  const id = await newSession(fixture);
  expect((await fixture.run(id, 'read')).end).toBe('cancelled');
  expect(fixture.model.requests).toHaveLength(1);
  expect((await fixture.items(id)).at(-1)).toMatchObject({
    text: 'A hook stopped the turn: enough',
    content: { code: 'turn_stopped_by_hook', reason: 'enough' },
  });
});

test('InstructionsLoaded runs for each memory file and for each import', async () => {
  const fixture = await fixtureWith({ InstructionsLoaded: [keeps('loaded')] }, says('ok'), says('ok'));
  writeFileSync(join(fixture.root, 'QWEN.md'), 'Mind this.\n@notes.md\n');
  writeFileSync(join(fixture.root, 'notes.md'), 'Tabs.');
  const id = await newSession(fixture);
  await fixture.run(id, 'one');
  await fixture.run(id, 'two');
  const path = (name: string) => join(realpathSync(fixture.root), name);
  expect(hookInputs(fixture, 'loaded')).toMatchObject([
    { file_path: path('QWEN.md'), memory_type: 'project', load_reason: 'session_start' },
    { file_path: path('notes.md'), load_reason: 'include', trigger_file_path: path('QWEN.md'), parent_file_path: path('QWEN.md') },
  ]);
});

test('SessionDelete receives the id of the deleted session', async () => {
  const fixture = await fixtureWith({ SessionDelete: [keeps('deleted')] }, says('ok'));
  const id = await newSession(fixture);
  await fixture.run(id, 'one');
  await fixture.engine.sessions.delete(fixture.project.id, id);
  await vi.waitFor(() => expect(hookInputs(fixture, 'deleted')).toMatchObject([{ deleted_session_id: id, transcript_path: '' }]));
});

test('MessageDisplay has the whole text once the message has ended, before Stop', async () => {
  const fixture = await fixtureWith(
    { MessageDisplay: [keeps('shown')], Stop: [keeps('stop', 'cp reported-shown before-stop')] },
    says('All is well.'),
  );
  const id = await newSession(fixture);
  await fixture.run(id, 'one');
  expect(hookInputs(fixture, 'shown').at(-1)).toMatchObject({
    displayed_text: 'All is well.',
    is_final: true,
    message_id: expect.any(String),
  });
  expect(readFileSync(join(fixture.root, 'before-stop'), 'utf8')).toContain('"is_final":true');
});
