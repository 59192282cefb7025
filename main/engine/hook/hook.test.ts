import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openInheritable } from '../../test/support/inheritable-descriptor.ts';
import { joinAnswers, NO_ANSWER, readAnswer } from './hook-answer.ts';
import { matches, planHooks } from './hook-config.ts';
import { hookShell } from './hook-shell.ts';
import { type HookPlace, runHooks } from './hooks.ts';
import { runCommand } from './run-command.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'gantry-hook-'));
  folders.push(path);
  return path;
};

test('a matcher is a name, a list, a pattern, or matches everything', () => {
  expect(matches(undefined, 'edit')).toBe(true);
  expect(matches('*', 'edit')).toBe(true);
  expect(matches('edit', 'edit')).toBe(true);
  expect(matches('edit|write_file', 'write_file')).toBe(true);
  expect(matches('edit|write_file', 'notebook_edit')).toBe(false);
  expect(matches('mcp__.*', 'mcp__fs__read')).toBe(true);
  expect(matches('^file$', 'read_file')).toBe(false);
  expect(matches('[', 'edit')).toBe(false);
});

const CALLED = ['run_shell_command', 'read_file', 'write_file', 'edit', 'glob', 'grep_search', 'web_fetch'];

test.each([
  ...['Bash', 'Shell', 'ShellTool', '^Bash$', 'Ba.h'].map((name) => [name, ['run_shell_command']]),
  ...['Read', 'ReadFile'].map((name) => [name, ['read_file']]),
  ...['Write', 'WriteFile'].map((name) => [name, ['write_file']]),
  ...['Edit', '^Edit$', '^Edit'].map((name) => [name, ['edit']]),
  ...['Glob', 'FindFiles'].map((name) => [name, ['glob']]),
  ['Grep', ['grep_search']],
  ['WebFetch', ['web_fetch']],
  ['Bash|Edit', ['run_shell_command', 'edit']],
  ['Run_Shell_Command', []],
  ['mcp__.*', []],
])('the matcher %s, with a name of Qwen Code or a pattern of it, matches %j', (matcher, tools) => {
  expect(CALLED.filter((tool) => matches(String(matcher), tool))).toEqual(tools);
});

test('timeouts are seconds unless they can only be ms, and broken entries are left out', () => {
  const entry = (hook: unknown, more = {}) => ({ hooks: [hook], ...more });
  const command = { type: 'command', command: 'x' };
  const lists = {
    Stop: [
      entry(command),
      entry({ ...command, timeout: 5 }),
      entry({ ...command, timeout: 2500 }, { sequential: true }),
      entry({ type: 'http', url: 'ftp://x' }),
      entry({ type: 'http', url: 'http://127.0.0.1/x' }),
      entry({ type: 'prompt', prompt: 'p' }),
      'nonsense',
    ],
  };
  const plan = planHooks(lists, 'Stop');
  expect(plan.hooks.map(({ timeoutMs }) => timeoutMs)).toEqual([60_000, 5000, 2500, 600_000, 30_000]);
  expect(plan.isSequential).toBe(true);
  expect(planHooks(lists, 'SessionEnd').hooks).toEqual([]);
});

const ended = (exitCode: number, stdout = '', stderr = '') => ({ kind: 'ended', exitCode, stdout, stderr }) as const;

test('exit codes and JSON output have their documented meaning', () => {
  const read = (...given: Parameters<typeof ended>) => readAnswer(ended(...given), { readsText: false });
  expect(read(0, 'just text')).toEqual(NO_ANSWER);
  expect(readAnswer(ended(0, 'for the model'), { readsText: true }).context).toEqual(['for the model']);
  expect(read(2, 'ignored', 'no way').block).toBe('no way');
  expect(read(1, '', 'oops')).toMatchObject({ problem: expect.stringContaining('oops') });
  expect(read(0, '{"decision":"block","reason":"r"}').block).toBe('r');
  expect(read(0, '{"continue":false,"stopReason":"s"}').stop).toBe('s');
  expect(read(0, '{"systemMessage":"hi"}').messages).toEqual(['hi']);
  expect(read(0, '{"systemMessage":"hi","suppressOutput":true}').messages).toEqual([]);
  const specific = { permissionDecision: 'deny', permissionDecisionReason: 'w', updatedInput: { a: 1 }, additionalContext: 'c' };
  expect(read(0, JSON.stringify({ hookSpecificOutput: specific }))).toEqual({
    permission: { decision: 'deny', reason: 'w' },
    updatedInput: { a: 1 },
    context: ['c'],
    messages: [],
  });
  expect(read(0, '{ not json')).toEqual(NO_ANSWER);
});

test('of several answers deny takes precedence over ask, and ask over allow', () => {
  const decided = (decision: 'allow' | 'ask' | 'deny') => ({ ...NO_ANSWER, permission: { decision, reason: decision } });
  expect(joinAnswers([decided('allow'), decided('deny'), decided('ask')]).permission?.decision).toBe('deny');
  expect(joinAnswers([decided('allow'), decided('ask')]).permission?.decision).toBe('ask');
  const changed = (path: string) => ({ ...NO_ANSWER, updatedInput: { path } });
  expect(joinAnswers([changed('first'), changed('last'), NO_ANSWER]).updatedInput).toEqual({ path: 'last' });
  expect(joinAnswers([{ ...NO_ANSWER, block: 'a' }, NO_ANSWER, { ...NO_ANSWER, block: 'b' }]).block).toBe('a\nb');
});

const request = (command: string, more = {}) => ({
  command,
  cwd: tmpdir(),
  env: { PATH: process.env['PATH'] ?? '' },
  input: [Buffer.from('{}')],
  timeoutMs: 20_000,
  groups: { add: () => undefined, remove: () => undefined },
  ...more,
});
const never = () => new AbortController().signal;

test('a command gets its event on standard input, and no descriptor of this process', async () => {
  const { path } = openInheritable();
  const end = await runCommand(
    request('cat; ls -l /proc/self/fd || true', { input: [Buffer.from('the '), Buffer.from('event ')] }),
    never(),
  );
  expect(end).toMatchObject({ kind: 'ended', exitCode: 0, stdout: expect.stringMatching(/^the event /) });
  expect(end.kind === 'ended' && end.stdout).not.toContain(path);
});

/** A dead process whose parent has gone may still have its number. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

test('a hook that hangs is ended with everything it has started', async () => {
  const path = join(folder(), 'pid');
  const end = await runCommand(request(`trap '' TERM; sleep 300 & echo $! > ${path}; sleep 300`, { timeoutMs: 300 }), never());
  expect(end).toMatchObject({ kind: 'failed', message: expect.stringContaining('longer than 0.3 s') });
  const pid = Number(readFileSync(path, 'utf8'));
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
});

test('a hook that floods, never reads, or leaves a process behind still ends', async () => {
  const flood = await runCommand(request('yes | head -c 20000000; exit 3'), never());
  expect(flood).toMatchObject({ kind: 'ended', exitCode: 3 });
  expect(flood.kind === 'ended' && flood.stdout.length).toBe(1024 * 1024);
  expect(await runCommand(request('exit 0', { input: [Buffer.alloc(5_000_000, 'x')] }), never())).toMatchObject({
    kind: 'ended',
    exitCode: 0,
  });
  expect(await runCommand(request('sleep 300 & echo done'), never())).toMatchObject({ kind: 'ended', stdout: 'done\n' });
  expect(await runCommand(request('kill -9 $$'), never())).toMatchObject({ kind: 'failed', message: 'It was ended by SIGKILL.' });
  expect(await runCommand(request('x', { cwd: '/nowhere/at/all' }), never())).toMatchObject({ kind: 'failed' });
});

test('a running command is registered by its group, carries its id, and leaves nothing running', async () => {
  const path = join(folder(), 'left');
  const known: unknown[] = [];
  const groups = {
    add: ({ pid, taskId }: { pid: number; taskId: string }) => void known.push(['add', pid, taskId]),
    remove: (pid: number) => void known.push(['remove', pid]),
  };
  const command = `sleep 300 >/dev/null 2>&1 & echo $! > ${path}; echo $$ $GANTRY_TASK_ID`;
  const end = await runCommand(request(command, { groups }), never());
  const [pid = '', taskId] = end.kind === 'ended' ? end.stdout.trim().split(' ') : [];
  expect(taskId).toMatch(/^hook_[0-9a-f]{8}$/);
  expect(known).toEqual([
    ['add', Number(pid), taskId],
    ['remove', Number(pid)],
  ]);
  const left = Number(readFileSync(path, 'utf8'));
  await vi.waitFor(() => expect(isRunning(left)).toBe(false));
});

test('cancelling ends it', async () => {
  const path = join(folder(), 'started');
  const abort = new AbortController();
  const running = runCommand(request(`echo > ${path}; sleep 300`), abort.signal);
  await vi.waitFor(() => readFileSync(path));
  abort.abort();
  expect(await running).toEqual({ kind: 'failed', message: 'It was cancelled.' });
  expect(await runCommand(request('echo'), abort.signal)).toMatchObject({ kind: 'failed' });
});

function place(hooks: Record<string, unknown[]>, more: Partial<HookPlace> = {}): HookPlace & { warnings: unknown[] } {
  const warnings: unknown[] = [];
  const log = () => undefined;
  return {
    warnings,
    lists: async () => ({ hooks, allowsPrivateHooks: false }),
    root: folder(),
    sessionId: 's',
    transcriptPath: '/t.jsonl',
    mode: () => 'default',
    childEnv: async () => ({ PATH: process.env['PATH'] ?? '' }),
    ask: async () => '{"ok": true}',
    groups: () => ({ add: () => undefined, remove: () => undefined }),
    reportRunning: () => () => undefined,
    nowMs: () => 0,
    logger: { debug: log, info: log, warn: (_message, fields) => void warnings.push(fields), error: log },
    ...more,
  };
}

test('a key that a hook prints does not reach the model', async () => {
  const hook = { type: 'command', command: 'echo "the key is canary-key"' };
  const around = place({ SessionStart: [{ hooks: [hook] }] }, { hideKeys: (text) => text.replaceAll('canary-key', '[key redacted]') });
  expect((await runHooks(around, { event: 'SessionStart', fields: {} }, never())).context).toEqual(['the key is [key redacted]']);
});

test('the event has the common fields and its own, and the folder in the environment', async () => {
  const command = 'cat > seen.json; echo "$QWEN_PROJECT_DIR" > dir.txt';
  const around = place({ PreToolUse: [{ matcher: 'edit', hooks: [{ type: 'command', command }] }] });
  await runHooks(around, { event: 'PreToolUse', subject: 'edit', fields: { tool_name: 'edit' } }, never());
  expect(JSON.parse(readFileSync(join(around.root, 'seen.json'), 'utf8'))).toEqual({
    session_id: 's',
    transcript_path: '/t.jsonl',
    cwd: around.root,
    permission_mode: 'default',
    hook_event_name: 'PreToolUse',
    timestamp: '1970-01-01T00:00:00.000Z',
    tool_name: 'edit',
  });
  expect(readFileSync(join(around.root, 'dir.txt'), 'utf8').trim()).toBe(around.root);
});

test('in sequence each hook receives the changes of the previous one', async () => {
  const change = `echo '{"hookSpecificOutput":{"updatedInput":{"n":2}}}'`;
  const hooks = [change, 'cat > second.json'].map((command) => ({ type: 'command', command }));
  const around = place({ PreToolUse: [{ sequential: true, hooks }] });
  const answer = await runHooks(around, { event: 'PreToolUse', subject: 'x', fields: { tool_input: { n: 1 } } }, never());
  expect(answer.updatedInput).toEqual({ n: 2 });
  expect(JSON.parse(readFileSync(join(around.root, 'second.json'), 'utf8'))).toMatchObject({ tool_input: { n: 2 } });
});

test('in sequence a hook that refuses is the last one', async () => {
  const hooks = ['echo >&2 no; exit 2', 'touch ran'].map((command) => ({ type: 'command', command }));
  const around = place({ PreToolUse: [{ sequential: true, hooks }] });
  expect((await runHooks(around, { event: 'PreToolUse', subject: 'x', fields: {} }, never())).block).toBe('no');
  expect(existsSync(join(around.root, 'ran'))).toBe(false);
});

test('a hook adds to the environment and cannot replace the variables that say where it runs', async () => {
  const command = 'echo "$OWN $QWEN_PROJECT_DIR $QWEN_CODE"';
  const env = { OWN: 'mine', QWEN_PROJECT_DIR: '/elsewhere', QWEN_CODE: '0' };
  const around = place({ SessionStart: [{ hooks: [{ type: 'command', command, env }] }] });
  const answer = await runHooks(around, { event: 'SessionStart', fields: {} }, never());
  expect(answer.context).toEqual([`mine ${around.root} 1`]);
});

test('a web hook is called and its answer read, and a private network is refused', async () => {
  const seen: string[] = [];
  const server = createServer((incoming, response) => {
    incoming.setEncoding('utf8').on('data', (chunk: string) => void seen.push(chunk));
    incoming.on('end', () => response.end('{"decision":"block","reason":"from the web"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const http = (url: string) => place({ Stop: [{ hooks: [{ type: 'http', url }] }] });
  try {
    const answer = await runHooks(http(`http://127.0.0.1:${port}/`), { event: 'Stop', fields: {} }, never());
    expect(answer.block).toBe('from the web');
    expect(seen.join('')).toContain('"hook_event_name":"Stop"');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  const refused = http('http://192.168.1.1/');
  expect(await runHooks(refused, { event: 'Stop', fields: {} }, never())).toMatchObject({
    problem: expect.stringContaining('private network'),
  });
  expect(refused.warnings).toHaveLength(1);
});

test('a prompt hook lets the model decide', async () => {
  const asked: string[] = [];
  const ask = async (prompt: string) => (asked.push(prompt), 'Well: {"ok": false, "reason": "not yet"}');
  const around = place({ Stop: [{ hooks: [{ type: 'prompt', prompt: 'Is $ARGUMENTS done?' }] }] }, { ask });
  expect((await runHooks(around, { event: 'Stop', fields: { n: 1 } }, never())).block).toBe('not yet');
  expect(asked[0]).toContain('"n":1');
  const dumb = place({ Stop: [{ hooks: [{ type: 'prompt', prompt: 'x' }] }] }, { ask: async () => 'who knows' });
  expect(await runHooks(dumb, { event: 'Stop', fields: {} }, never())).toMatchObject({ problem: expect.any(String) });
});

test('a long event is passed to a command complete, and not sent to a model', async () => {
  const text = 'Word. '.repeat(2_000_000);
  const around = place({ Stop: [{ hooks: [{ type: 'command', command: 'cat > seen.json' }] }] });
  await runHooks(around, { event: 'Stop', fields: { text } }, never());
  expect(JSON.parse(readFileSync(join(around.root, 'seen.json'), 'utf8')).text === text).toBe(true);
  const asking = place({ Stop: [{ hooks: [{ type: 'prompt', prompt: 'x' }] }] }, { ask: async () => '{"ok": false}' });
  expect(await runHooks(asking, { event: 'Stop', fields: { text } }, never())).toMatchObject({
    problem: 'The model was not asked: the event is 12 MB long, and the limit is 8 MB.',
  });
});

test('other work runs while a long event is encoded', async () => {
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  let turnsBefore = 0;
  const around = place(
    { Stop: [{ hooks: [{ type: 'prompt', prompt: 'x' }] }] },
    {
      nowMs: () => (setImmediate(count), 0),
      ask: async () => ((turnsBefore = turns), '{"ok": true}'),
    },
  );
  await runHooks(around, { event: 'Stop', fields: { text: 'x'.repeat(6_000_000) } }, never());
  isDone = true;
  expect(turnsBefore).toBeGreaterThanOrEqual(5);
});

test('an async hook is not awaited', async () => {
  const around = place({ Stop: [{ hooks: [{ type: 'command', command: 'sleep 0.2; exit 2', async: true }] }] });
  expect(await runHooks(around, { event: 'Stop', fields: {} }, never())).toEqual(NO_ANSWER);
  writeFileSync(join(around.root, 'kept'), ''); // the folder must outlive the hook
  await vi.waitFor(() => undefined);
});

test('a hook runs in bash if available, else in the system shell, or in the shell it names', async () => {
  const bin = folder();
  expect(await hookShell(undefined, { PATH: bin }, 'linux')).toEqual({ path: '/bin/sh', args: ['-c'] });
  writeFileSync(join(bin, 'bash'), '', { mode: 0o755 });
  expect(await hookShell(undefined, { PATH: `relative:${bin}` }, 'linux')).toEqual({ path: join(bin, 'bash'), args: ['--norc', '-c'] });
  expect((await hookShell('powershell', {}, 'win32')).path).toBe('powershell');
  expect((await hookShell(undefined, {}, 'win32')).path).toBe('cmd.exe');
  const around = place({ Stop: [{ hooks: [{ type: 'command', command: '[[ a == a ]] && echo >&2 it is bash && exit 2' }] }] });
  expect((await runHooks(around, { event: 'Stop', fields: {} }, never())).block).toBe('it is bash');
});
