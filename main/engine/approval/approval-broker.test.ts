import { expect, test } from 'vitest';
import { type Approval, type ApprovalMode, ItemId, SessionId } from '../../../preload/contract/index.ts';
import { type ApprovalRequest, createApprovalBroker } from './approval-broker.ts';
import { judgePath } from './protected-paths.ts';

function setUp(unattended = false) {
  let mode: ApprovalMode = 'default';
  const requested: Approval[] = [];
  const resolved: unknown[] = [];
  const broker = createApprovalBroker({
    sessionId: SessionId.parse('s'),
    rules: () => ({ mode, unattended, allowedTools: [] }),
    nowMs: () => 1,
    onRequested: (approval) => requested.push(approval),
    onResolved: (id, decision) => resolved.push({ id, decision }),
  });
  const ask = (command = 'npm test', signal = new AbortController().signal) => broker.ask(shell(command), signal, () => undefined);
  return { broker, requested, resolved, ask, setMode: (next: ApprovalMode) => (mode = next) };
}

function shell(command: string): ApprovalRequest {
  const display = { kind: 'shell', command, cwd: '/p', outcome: 'running' } as const;
  return {
    toolCallId: ItemId.parse('call'),
    toolName: 'run_shell_command',
    toolKind: 'shell',
    preview: { ok: true, title: 'Run a command', display, touches: [], command, cwd: '/p' },
    touches: [],
    cwd: judgePath('/p', '/p', ['/p']),
  };
}

const only = (requested: Approval[]): Approval => {
  const [approval] = requested;
  if (approval === undefined) throw new Error('nothing was asked');
  return approval;
};

test('a question stands until it is answered with its digest', async () => {
  const { broker, requested, resolved, ask } = setUp();
  const outcome = ask();
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
  const { requested, ask } = setUp();
  const both = [ask('a'), ask('b')];
  expect(requested[0]?.digest).not.toBe(requested[1]?.digest);
  expect(both).toHaveLength(2);
});

test('a refusal carries the note to the model', async () => {
  const { broker, requested, ask } = setUp();
  const outcome = ask();
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'deny', note: 'use pnpm' });
  expect(await outcome).toEqual({ kind: 'denied', by: 'user', refusal: expect.stringContaining('use pnpm') });
});

test('for this session: the same command is not asked again and answers its twin', async () => {
  const { broker, requested, ask } = setUp();
  const twins = [ask(), ask()];
  broker.resolve(only(requested).id, only(requested).digest, { kind: 'allow', scope: 'session' });
  expect(await Promise.all(twins)).toEqual([{ kind: 'allowed' }, { kind: 'allowed' }]);
  expect(await ask()).toEqual({ kind: 'allowed' });
  expect(requested).toHaveLength(2);
  void ask('npm publish');
  expect(requested).toHaveLength(3);
});

test('an abort withdraws the question', async () => {
  const { broker, requested, resolved, ask } = setUp();
  const controller = new AbortController();
  const outcome = ask('x', controller.signal);
  controller.abort();
  expect(await outcome).toEqual({ kind: 'cancelled' });
  expect(broker.pending()).toEqual([]);
  expect(resolved).toEqual([{ id: only(requested).id, decision: undefined }]);
});

test('a change of mode answers what stands', async () => {
  const { broker, ask, setMode } = setUp();
  const outcome = ask();
  setMode('yolo');
  broker.reconsider();
  expect(await outcome).toEqual({ kind: 'allowed' });
});

test("unattended, nothing stands and the refusal is the policy's", async () => {
  const { requested, ask } = setUp(true);
  expect(await ask()).toEqual({ kind: 'denied', by: 'policy', refusal: expect.stringContaining('nobody is there') });
  expect(requested).toEqual([]);
});
