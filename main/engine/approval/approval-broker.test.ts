import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Approval, type ApprovalMode, ItemId, type SandboxState, SessionId } from '../../../preload/contract/index.ts';
import { type ApprovalRequest, createApprovalBroker } from './approval-broker.ts';
import { classifyPath } from './protected-paths.ts';
import { factsOf } from './shell/shell-facts.fixture.ts';

function setUp({ unattended = false, fails = false, granted = [] as readonly string[], allowedTools = [] as readonly string[] } = {}) {
  let mode: ApprovalMode = 'default';
  const requested: Approval[] = [];
  const resolved: unknown[] = [];
  const written: unknown[] = [];
  const kept: string[] = [];
  const unwritten: string[] = [];
  const lists: { allow: string[]; ask: string[]; deny: string[] } = { allow: [], ask: [], deny: [] };
  const state: { sandbox: SandboxState; rulesFail: boolean } = {
    sandbox: { status: 'off' },
    rulesFail: false,
  };
  const broker = createApprovalBroker({
    sessionId: SessionId.parse('s'),
    rules: () => ({ mode, unattended, allowedTools }),
    place: { root: '/p', home: undefined },
    permissions: async () => {
      if (state.rulesFail) throw new Error('The settings cannot be read.');
      return structuredClone(lists);
    },
    ruleFile: async (scope) => `/${scope}/settings.json`,
    writeRules: async (scope, rules) => {
      if (fails) throw new Error('The disk is full.');
      written.push({ scope, rules });
      lists.allow.push(...rules);
    },
    sandbox: async () => state.sandbox,
    granted,
    onGranted: (grant) => kept.push(grant),
    onUnwritten: (rules, reason) => unwritten.push(`${rules.join(', ')}: ${reason}`),
    nowMs: () => 1,
    onRequested: (approval) => requested.push(approval),
    onResolved: (id, decision) => resolved.push({ id, decision }),
  });
  const ask = (command = 'npm test', signal = new AbortController().signal) =>
    shell(command).then((request) => broker.ask(request, signal, () => undefined));
  /** Resolves when this number of approvals has been requested. */
  const asked = (count: number) => expect.poll(() => requested.length).toBe(count);
  const setMode = (next: ApprovalMode) => (mode = next);
  return { broker, requested, resolved, written, kept, unwritten, lists, state, asked, ask, setMode };
}

async function shell(command: string): Promise<ApprovalRequest> {
  const display = { kind: 'shell', command, cwd: '/p', outcome: 'running' } as const;
  return {
    toolCallId: ItemId.parse('call'),
    toolName: 'run_shell_command',
    toolKind: 'shell',
    preview: { ok: true, action: { code: 'run' }, display, touches: [], command, cwd: '/p' },
    touches: [],
    cwd: classifyPath('/p', '/p', ['/p']),
    shell: await factsOf(command, { root: '/p' }),
  };
}

const only = (requested: Approval[]): Approval => {
  const [approval] = requested;
  if (approval === undefined) throw new Error('nothing was asked');
  return approval;
};

test('an approval is pending until it is answered with its digest', async () => {
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

test('a call may be allowed with other arguments, once, and not an interrupted one', async () => {
  const { broker, requested, resolved, asked, ask } = setUp();
  const outcome = ask();
  await asked(1);
  const { id, digest } = only(requested);
  expect(() => broker.allowWith(id, 'another', {})).toThrow(expect.objectContaining({ code: 'approval_stale' }));
  broker.allowWith(id, digest, { command: 'npm run build' });
  expect(await outcome).toEqual({ kind: 'changed', input: { command: 'npm run build' } });
  expect(resolved).toEqual([{ id, decision: { kind: 'allow', scope: 'once' } }]);
  expect(() => broker.allowWith(id, digest, {})).toThrow(expect.objectContaining({ code: 'approval_unknown' }));
  const interrupted = broker.ask({ ...(await shell('npm test')), isInterrupted: true }, new AbortController().signal, () => undefined);
  await asked(2);
  const last = requested.at(-1);
  if (last !== undefined) broker.allowWith(last.id, last.digest, {});
  expect(await interrupted).toMatchObject({ kind: 'denied', by: 'user' });
});

test('arguments that the user gave are not asked about, and rules and plan mode still refuse them', async () => {
  const { broker, requested, lists, setMode } = setUp();
  const given = async (command: string) =>
    broker.ask({ ...(await shell(command)), isGivenByUser: true }, new AbortController().signal, () => undefined);
  expect(await given('npm test')).toEqual({ kind: 'allowed' });
  lists.deny.push('Bash(npm publish)');
  expect(await given('npm publish')).toMatchObject({ kind: 'denied', by: 'policy' });
  setMode('plan');
  expect(await given('npm test')).toMatchObject({ kind: 'denied', by: 'policy' });
  expect(requested).toEqual([]);
});

test('the digest covers the whole approval', async () => {
  const { requested, asked, ask } = setUp();
  void ask('npm test && npm run build');
  await asked(1);
  const { digest, ...shown } = only(requested);
  expect(Object.keys(shown)).toEqual(expect.arrayContaining(['id', 'command', 'cwd', 'risks', 'offers', 'sandbox', 'display']));
  expect(digest).toBe(createHash('sha256').update(JSON.stringify(shown)).digest('hex'));
});

test('a refusal carries the note to the model', async () => {
  const { broker, requested, asked, ask } = setUp();
  const outcome = ask();
  await asked(1);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'deny', note: 'use pnpm' });
  expect(await outcome).toEqual({ kind: 'denied', by: 'user', refusal: expect.stringContaining('use pnpm') });
});

test('"for this session": the same command does not ask again, and an identical pending approval is settled', async () => {
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

test('an abort withdraws the approval', async () => {
  const { broker, requested, resolved, asked, ask } = setUp();
  const controller = new AbortController();
  const outcome = ask('x', controller.signal);
  await asked(1);
  controller.abort();
  expect(await outcome).toEqual({ kind: 'cancelled' });
  expect(broker.pending()).toEqual([]);
  expect(resolved).toEqual([{ id: only(requested).id, decision: undefined }]);
});

test('a change of mode settles the pending approvals', async () => {
  const { broker, asked, ask, setMode } = setUp();
  const outcome = ask();
  await asked(1);
  setMode('yolo');
  broker.reconsider();
  expect(await outcome).toEqual({ kind: 'allowed' });
});

test('an approval from before a restart stays pending even if the call is allowed now, and a deny rule ends it', async () => {
  const { broker, requested, asked, setMode, lists, ask } = setUp();
  const outcome = broker.ask({ ...(await shell('npm test')), isInterrupted: true }, new AbortController().signal, () => undefined);
  await asked(1);
  setMode('yolo');
  broker.reconsider();
  expect(broker.pending()).toEqual([only(requested)]);
  lists.deny.push('Bash(npm *)');
  await ask('ls'); // reads the rules again
  broker.reconsider();
  expect(await outcome).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('Bash(npm *)') });
});

test('an unattended run has no pending approvals, and the policy refuses', async () => {
  const { requested, ask } = setUp({ unattended: true });
  expect(await ask()).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('unattended') });
  expect(requested).toEqual([]);
});

test('the approval shows the rules that would be written and their file, and writes exactly those', async () => {
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

test('a rule that cannot be written is reported, and the answer applies to this call only', async () => {
  const { broker, requested, unwritten, asked, ask } = setUp({ fails: true });
  const outcome = ask();
  await asked(1);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope: 'user' });
  expect(await outcome).toEqual({ kind: 'allowed' });
  await expect.poll(() => unwritten).toEqual(['Bash(npm test *): The disk is full.']);
});

test('a deny rule applies from the next call on, also in yolo', async () => {
  const { lists, setMode, ask } = setUp();
  setMode('yolo');
  expect(await ask('npm publish')).toEqual({ kind: 'allowed' });
  lists.deny.push('Bash(npm publish *)');
  expect(await ask('npm publish')).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('Bash(npm publish *)') });
});

test('the risky parts are marked by their position in the command', async () => {
  const { requested, asked, ask } = setUp();
  void ask('ls > out.txt && npm test');
  await asked(1);
  const { command = '', risks = [] } = only(requested);
  expect(risks.map(({ start, end, why }) => [command.slice(start, end), why])).toEqual([
    ['> out.txt', 'writes to out.txt'],
    ['npm', '“npm” is not one of the commands that only read'],
  ]);
});

test.each(['once', 'user'] as const)('an answer with the scope %s grants nothing for the session', async (scope) => {
  const { broker, requested, kept, asked, ask } = setUp({ fails: true });
  const outcome = ask();
  await asked(1);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope });
  expect(await outcome).toEqual({ kind: 'allowed' });
  void ask();
  await asked(2);
  expect(kept).toEqual([]);
});

const showing = async (broker: ReturnType<typeof setUp>['broker'], beforeShown: () => void, signal = new AbortController().signal) =>
  broker.ask(
    await shell('npm test'),
    signal,
    () => undefined,
    async () => beforeShown(),
  );

test('if the mode changes before the approval is shown, the new mode decides the call', async () => {
  const { broker, requested, setMode } = setUp();
  expect(await showing(broker, () => setMode('plan'))).toMatchObject({ kind: 'denied', by: 'policy' });
  setMode('default');
  expect(await showing(broker, () => setMode('yolo'))).toEqual({ kind: 'allowed' });
  expect(requested).toEqual([]);
});

test('a call that is cancelled before the decision neither asks nor runs', async () => {
  const { broker, requested, ask } = setUp();
  const controller = new AbortController();
  expect(await showing(broker, () => controller.abort(), controller.signal)).toEqual({ kind: 'cancelled' });
  expect(await ask('ls', controller.signal)).toEqual({ kind: 'cancelled' });
  expect(requested).toEqual([]);
});

test('a change of mode refuses a pending approval that the new mode forbids', async () => {
  const { broker, resolved, asked, ask, setMode } = setUp();
  const outcome = ask();
  await asked(1);
  setMode('plan');
  broker.reconsider();
  expect(await outcome).toMatchObject({ kind: 'denied', by: 'policy' });
  expect(resolved).toEqual([expect.objectContaining({ decision: { kind: 'deny' } })]);
});

test('while the rules cannot be read, the last ones apply', async () => {
  const { lists, state, setMode, ask } = setUp();
  setMode('yolo');
  lists.deny.push('Bash(npm *)');
  expect(await ask()).toMatchObject({ kind: 'denied' });
  state.rulesFail = true;
  expect(await ask()).toMatchObject({ kind: 'denied', refusal: expect.stringContaining('Bash(npm *)') });
});

test('a new rule answers the other pending approvals that it covers', async () => {
  const { broker, requested, asked, ask } = setUp();
  const both = [ask('npm test -- a'), ask('npm test -- b')];
  await asked(2);
  const [first] = requested;
  if (first === undefined) throw new Error('nothing was asked');
  broker.resolve(first.id, first.digest, { kind: 'allow', scope: 'user' });
  expect(await Promise.all(both)).toEqual([{ kind: 'allowed' }, { kind: 'allowed' }]);
  expect(broker.pending()).toEqual([]);
});

test('each scope writes its own rule: relative to the project, or absolute', async () => {
  const edit: ApprovalRequest = {
    toolCallId: ItemId.parse('call'),
    toolName: 'edit',
    toolKind: 'edit',
    preview: { ok: true, action: { code: 'described', text: 'Edit' }, display: { kind: 'text', text: '' }, touches: [] },
    touches: [classifyPath('/p/src/a.ts', '/p/src/a.ts', ['/p'])],
  };
  for (const [scope, rule] of [
    ['project', 'Edit(/src/**)'],
    ['user', 'Edit(//p/src/**)'],
  ] as const) {
    const { broker, requested, written, asked } = setUp();
    void broker.ask(edit, new AbortController().signal, () => undefined);
    await asked(1);
    broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope });
    await expect.poll(() => written).toEqual([{ scope, rules: [rule] }]);
  }
});

test('the stricter of two modes applies to a subagent, and its refusal names no way out of plan mode', async () => {
  const { broker, requested, asked, setMode, ask } = setUp();
  const within = async (modeAtMost: ApprovalMode) =>
    broker.ask({ ...(await shell('npm test')), modeAtMost }, new AbortController().signal, () => undefined);
  setMode('yolo');
  expect(await within('yolo')).toEqual({ kind: 'allowed' });
  expect(await within('plan')).toEqual({ kind: 'denied', by: 'policy', refusal: expect.not.stringContaining('exit_plan_mode') });
  void within('default');
  await asked(1);
  expect(requested).toHaveLength(1);
  setMode('plan');
  expect(await within('yolo')).toMatchObject({ kind: 'denied' });
  expect(await ask()).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('exit_plan_mode') });
});

test('an approval of an interrupted call holds for the same call only', async () => {
  const { broker, requested, lists, state, asked } = setUp();
  const put = (request: ApprovalRequest) => broker.ask(request, new AbortController().signal, () => undefined);
  const call = await shell('npm test');
  const first = put({ ...call, isInterrupted: true });
  await asked(1);
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope: 'once' });
  const outcome = await first;
  const { approvedCall = '' } = outcome.kind === 'allowed' ? outcome : {};
  expect(await put({ ...call, approvedCall })).toEqual({ kind: 'allowed' });
  const { preview } = call;
  const others: readonly Partial<ApprovalRequest>[] = [
    { toolName: 'monitor' },
    { preview: { ...preview, action: { code: 'run_in_background' } } },
    { preview: { ...preview, command: 'npm publish' } },
    { preview: { ...preview, cwd: '/p/sub' } },
    { preview: { ...preview, display: { kind: 'text', text: 'another' } } },
    { ...(await shell('npm test > x')), preview },
  ];
  for (const [at, other] of others.entries()) {
    void put({ ...call, ...other, approvedCall });
    await asked(at + 2);
  }
  state.sandbox = { status: 'on', backend: 'bwrap', filesystem: 'workspace-write', network: 'closed' };
  void put({ ...call, approvedCall });
  await asked(others.length + 2);
  lists.deny.push('Bash(npm *)');
  expect(await put({ ...call, approvedCall })).toMatchObject({ kind: 'denied', by: 'policy' });
});

test('until the rules have been read, only the allowed tools of the command line apply', async () => {
  const { state, requested, asked, ask } = setUp({ allowedTools: ['Bash(npm test *)'] });
  state.rulesFail = true;
  expect(await ask()).toEqual({ kind: 'allowed' });
  void ask('npm publish');
  await asked(1);
  state.rulesFail = false;
  expect(await ask()).toEqual({ kind: 'allowed' });
  expect(requested).toHaveLength(1);
});

test('the rules receive the address, the agent and the trust of a call', async () => {
  const { broker, lists, requested, asked } = setUp();
  lists.deny.push('WebFetch(domain:evil.test)', 'Agent(writer)');
  const put = (toolName: string, preview: Partial<ApprovalRequest['preview']>) =>
    broker.ask(
      {
        toolCallId: ItemId.parse('call'),
        toolName,
        toolKind: 'other',
        preview: { ok: true, action: { code: 'described', text: 'A call' }, display: { kind: 'none' }, touches: [], ...preview },
        touches: [],
      },
      new AbortController().signal,
      () => undefined,
    );
  expect(await put('web_fetch', { url: 'https://evil.test/' })).toMatchObject({ kind: 'denied' });
  expect(await put('agent', { subject: 'writer' })).toMatchObject({ kind: 'denied' });
  expect(await put('mcp__a__b', { isTrusted: true })).toEqual({ kind: 'allowed' });
  expect(requested).toEqual([]);
  void put('mcp__a__b', {});
  await asked(1);
});
