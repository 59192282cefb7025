import { expect, test } from 'vitest';
import { ApprovalId } from '../../../preload/contract/index.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import type { ControlOutput } from '../output/output-message.ts';
import { ANSWER_MS, createPermissionRequests, MAX_ANSWER_MS, type ProgramDecision } from './permission-requests.ts';
import { approval } from './run.fixture.ts';

const input = { command: 'echo hi' };

function setUp() {
  const clock = createManualClock();
  const sent: ControlOutput[] = [];
  const decided: ProgramDecision[] = [];
  let ids = 0;
  const requests = createPermissionRequests({
    clock,
    newId: () => `r${(ids += 1)}`,
    send: (message) => void sent.push(message),
    resolve: (_approval, decision) => void decided.push(decision),
    answerQuestion: () => undefined,
  });
  return { clock, sent, decided, requests };
}

test('a permission request contains the exact call', () => {
  const { requests, sent } = setUp();
  requests.ask(approval, input);
  expect(sent).toEqual([
    {
      type: 'control_request',
      request_id: 'r1',
      request: {
        subtype: 'can_use_tool',
        tool_name: 'run_shell_command',
        tool_use_id: 'call_1',
        input,
        permission_suggestions: [
          { type: 'allow', label: 'Allow Command', description: 'Execute: echo hi' },
          { type: 'deny', label: 'Deny', description: 'Block this command execution' },
        ],
        blocked_path: null,
      },
    },
  ]);
});

test.each<[string, Record<string, unknown> | undefined, ProgramDecision]>([
  ['allow', { behavior: 'allow' }, { kind: 'allow', scope: 'once' }],
  ['allow with the same input', { behavior: 'allow', updatedInput: { command: 'echo hi' } }, { kind: 'allow', scope: 'once' }],
  ['deny', { behavior: 'deny', message: 'not now' }, { kind: 'deny', note: 'not now' }],
  ['ALLOW', { behavior: 'ALLOW' }, { kind: 'allow', scope: 'once' }],
  ['nothing that says allow', {}, { kind: 'deny' }],
  ['a word that is not allow', { behavior: 'maybe' }, { kind: 'deny' }],
  ['a value that is no word', { behavior: true }, { kind: 'deny' }],
  [
    'allow with another input',
    { behavior: 'allow', updatedInput: { command: 'echo ho' } },
    { kind: 'allow_with', input: { command: 'echo ho' } },
  ],
  ['an error', undefined, { kind: 'deny', note: 'The program could not answer: busy' }],
])('%s decides it, once', (_name, answer, decision) => {
  const { requests, decided } = setUp();
  requests.ask(approval, input);
  requests.answered('r1', answer, answer === undefined ? 'busy' : undefined);
  requests.answered('r1', { behavior: 'allow' }, undefined);
  requests.answered('r99', { behavior: 'allow' }, undefined);
  expect(decided).toEqual([decision]);
});

test('an unanswered request is denied after a minute or the time the program set, and cancelled', () => {
  const { requests, decided, sent, clock } = setUp();
  requests.ask(approval, input);
  clock.advance(ANSWER_MS - 1);
  expect(decided).toEqual([]);
  clock.advance(1);
  expect(decided).toEqual([{ kind: 'deny', note: 'There was no answer within 60 s.' }]);
  expect(sent.at(-1)).toEqual({ type: 'control_cancel_request', request_id: 'r1' });
  requests.setAnswerMs(5000);
  requests.ask(approval, input);
  clock.advance(5000);
  expect(decided).toHaveLength(2);
});

test('an answer may take at most ten minutes', () => {
  const { requests, decided, clock } = setUp();
  requests.setAnswerMs(24 * 3_600_000);
  requests.ask(approval, input);
  clock.advance(MAX_ANSWER_MS - 1);
  expect(decided).toEqual([]);
  clock.advance(1);
  expect(decided).toEqual([{ kind: 'deny', note: 'There was no answer within 600 s.' }]);
});

test('withdrawing one request leaves the others', () => {
  const { requests, decided, sent } = setUp();
  requests.ask(approval, input);
  requests.ask({ ...approval, id: ApprovalId.parse('other') }, input);
  requests.withdrawn(approval.id);
  expect(sent.filter(({ type }) => type === 'control_cancel_request')).toEqual([{ type: 'control_cancel_request', request_id: 'r1' }]);
  requests.answered('r2', { behavior: 'allow' }, undefined);
  expect(decided).toEqual([{ kind: 'allow', scope: 'once' }]);
});

test('a withdrawn request is cancelled and leaves no timer', () => {
  const { requests, decided, sent, clock } = setUp();
  requests.ask(approval, input);
  requests.withdrawn(approval.id);
  expect(sent.at(-1)).toEqual({ type: 'control_cancel_request', request_id: 'r1' });
  expect(clock.pending()).toBe(0);
  requests.answered('r1', { behavior: 'allow' }, undefined);
  expect(decided).toEqual([]);
});

test('once the input has ended, pending and later requests are denied', () => {
  const { requests, decided, sent, clock } = setUp();
  requests.ask(approval, input);
  requests.close();
  requests.ask(approval, input);
  const note = 'Standard input has ended, so no answer can arrive.';
  expect(decided).toEqual([
    { kind: 'deny', note },
    { kind: 'deny', note },
  ]);
  expect(sent).toHaveLength(1);
  expect(clock.pending()).toBe(0);
});
