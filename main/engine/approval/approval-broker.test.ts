import { expect, test } from 'vitest';
import { type Approval, type ApprovalMode, ItemId, SessionId } from '../../../preload/contract/index.ts';
import { type ApprovalRequest, createApprovalBroker } from './approval-broker.ts';
import { judgePath } from './protected-paths.ts';
import { loadShellGrammar } from './shell/shell-grammar.ts';
import { judgeShell } from './shell/shell-judge.ts';

const parse = await loadShellGrammar();

function setUp({ unattended = false, fails = false, granted = [] as readonly string[] } = {}) {
  let mode: ApprovalMode = 'default';
  const requested: Approval[] = [];
  const resolved: unknown[] = [];
  const written: unknown[] = [];
  const kept: string[] = [];
  const unwritten: string[] = [];
  const lists: { allow: string[]; ask: string[]; deny: string[] } = { allow: [], ask: [], deny: [] };
  const broker = createApprovalBroker({
    sessionId: SessionId.parse('s'),
    rules: () => ({ mode, unattended, allowedTools: [] }),
    place: { root: '/p', home: undefined },
    permissions: async () => ({ ...lists }),
    ruleFile: async (scope) => `/${scope}/settings.json`,
    writeRules: async (scope, rules) => {
      if (fails) throw new Error('The disk is full.');
      written.push({ scope, rules });
      lists.allow.push(...rules);
    },
    sandbox: async () => ({ status: 'off', text: 'Commands run without a sandbox' }),
    granted,
    onGranted: (grant) => kept.push(grant),
    onUnwritten: (message) => unwritten.push(message),
    nowMs: () => 1,
    onRequested: (approval) => requested.push(approval),
    onResolved: (id, decision) => resolved.push({ id, decision }),
  });
  const ask = (command = 'npm test', signal = new AbortController().signal) => broker.ask(shell(command), signal, () => undefined);
  /** Resolves when so many questions have been asked. */
  const asked = (count: number) => expect.poll(() => requested.length).toBe(count);
  return { broker, requested, resolved, written, kept, unwritten, lists, asked, ask, setMode: (next: ApprovalMode) => (mode = next) };
}

function shell(command: string): ApprovalRequest {
  const { gitFolders: _folders, ...judged } = judgeShell(command, parse, { cwd: '/p', home: undefined });
  const facts = (path: string) => judgePath(path, path, ['/p']);
  const parts = judged.parts.map((part) => ({
    ...part,
    touches: part.touches.map(({ path, ...touch }) => ({ ...touch, facts: facts(path) })),
  }));
  const display = { kind: 'shell', command, cwd: '/p', outcome: 'running' } as const;
  return {
    toolCallId: ItemId.parse('call'),
    toolName: 'run_shell_command',
    toolKind: 'shell',
    preview: { ok: true, title: 'Run a command', display, touches: [], command, cwd: '/p' },
    touches: [],
    cwd: judgePath('/p', '/p', ['/p']),
    shell: { ...judged, parts, gitRuns: undefined },
  };
}

const only = (requested: Approval[]): Approval => {
  const [approval] = requested;
  if (approval === undefined) throw new Error('nothing was asked');
  return approval;
};

test('a question stands until it is answered with its digest', async () => {
  const { broker, requested, resolved, asked, ask } = setUp();
  const outcome = ask();
  await asked(1);
  const approval = only(requested);
  expect(broker.pending()).toEqual([approval]);
  expect(() => broker.resolve(approval.id, 'another', { kind: 'allow', scope: 'once' })).toThrow(
    expect.objectContaining({ code: 'approval_stale' }),
  );
  expect(broker.pending()).toHaveLength(1);
  broker.resolve(approval.id, approval.digest, { kind: 'allow', scope: 'once' });
  expect(await outcome).toEqual({ kind: 'allowed' });
  expect(resolved).toEqual([{ id: approval.id, decision: { kind: 'allow', scope: 'once' } }]);
  expect(() => broker.resolve(approval.id, approval.digest, { kind: 'deny' })).toThrow(
    expect.objectContaining({ code: 'approval_unknown' }),
  );
});

test('the digest differs where anything shown differs', async () => {
  const { requested, asked, ask } = setUp();
  const both = [ask('a'), ask('b')];
  await asked(2);
  expect(requested[0]?.digest).not.toBe(requested[1]?.digest);
  expect(both).toHaveLength(2);
});

test('a refusal carries the note to the model', async () => {
  const { broker, requested, asked, ask } = setUp();
  const outcome = ask();
  await asked(1);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'deny', note: 'use pnpm' });
  expect(await outcome).toEqual({ kind: 'denied', by: 'user', refusal: expect.stringContaining('use pnpm') });
});

test('for this session: the same command is not asked again and answers its twin', async () => {
  const { broker, requested, kept, asked, ask } = setUp();
  const twins = [ask(), ask()];
  await asked(2);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope: 'session' });
  expect(await Promise.all(twins)).toEqual([{ kind: 'allowed' }, { kind: 'allowed' }]);
  expect(await ask()).toEqual({ kind: 'allowed' });
  expect(requested).toHaveLength(2);
  void ask('npm publish');
  await asked(3);
  expect(await setUp({ granted: kept }).ask()).toEqual({ kind: 'allowed' }); // after a restart
});

test('an abort withdraws the question', async () => {
  const { broker, requested, resolved, asked, ask } = setUp();
  const controller = new AbortController();
  const outcome = ask('x', controller.signal);
  await asked(1);
  controller.abort();
  expect(await outcome).toEqual({ kind: 'cancelled' });
  expect(broker.pending()).toEqual([]);
  expect(resolved).toEqual([{ id: only(requested).id, decision: undefined }]);
});

test('a change of mode answers what stands', async () => {
  const { broker, asked, ask, setMode } = setUp();
  const outcome = ask();
  await asked(1);
  setMode('yolo');
  broker.reconsider();
  expect(await outcome).toEqual({ kind: 'allowed' });
});

test('a question from before a restart stands whatever allows the call now, and falls to a rule that refuses', async () => {
  const { broker, requested, asked, setMode, lists, ask } = setUp();
  const outcome = broker.ask({ ...shell('npm test'), isInterrupted: true }, new AbortController().signal, () => undefined);
  await asked(1);
  setMode('yolo');
  broker.reconsider();
  expect(broker.pending()).toEqual([only(requested)]);
  lists.deny.push('Bash(npm *)');
  await ask('ls'); // reads the rules again
  broker.reconsider();
  expect(await outcome).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('Bash(npm *)') });
});

test("unattended, nothing stands and the refusal is the policy's", async () => {
  const { requested, ask } = setUp({ unattended: true });
  expect(await ask()).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('nobody is there') });
  expect(requested).toEqual([]);
});

test('the question shows the rules that would be written and where, and writes what was shown', async () => {
  const { broker, requested, written, asked, ask } = setUp();
  const outcome = ask('npm test -- a');
  await asked(1);
  expect(only(requested).offers).toEqual([
    { scope: 'project', rules: ['Bash(npm test *)'], path: '/project/settings.json' },
    { scope: 'user', rules: ['Bash(npm test *)'], path: '/user/settings.json' },
  ]);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope: 'project' });
  expect(await outcome).toEqual({ kind: 'allowed' });
  expect(written).toEqual([{ scope: 'project', rules: ['Bash(npm test *)'] }]);
  expect(await ask('npm test -- b')).toEqual({ kind: 'allowed' });
  expect(requested).toHaveLength(1);
});

test('a rule that cannot be written is told, and the answer holds this once', async () => {
  const { broker, requested, unwritten, asked, ask } = setUp({ fails: true });
  const outcome = ask();
  await asked(1);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope: 'user' });
  expect(await outcome).toEqual({ kind: 'allowed' });
  await expect.poll(() => unwritten).toEqual([expect.stringContaining('The disk is full.')]);
});

test('a rule that refuses counts from the next call on, also in yolo', async () => {
  const { lists, setMode, ask } = setUp();
  setMode('yolo');
  expect(await ask('npm publish')).toEqual({ kind: 'allowed' });
  lists.deny.push('Bash(npm publish *)');
  expect(await ask('npm publish')).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('Bash(npm publish *)') });
});

test('the risky parts are marked by their place in the command', async () => {
  const { requested, asked, ask } = setUp();
  void ask('ls > out.txt && npm test');
  await asked(1);
  const { command = '', risks = [] } = only(requested);
  expect(risks.map(({ start, end, why }) => [command.slice(start, end), why])).toEqual([
    ['> out.txt', 'writes to out.txt'],
    ['npm', '“npm” is not one of the commands that only read'],
  ]);
});
