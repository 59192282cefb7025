/** Inputs to a task in every order: exactly one end, the right one, and nothing after it (BT-9, BT-10). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminalStatus, type TaskStatus } from '../../../preload/contract/index.ts';
import type { ProcessEnd } from '../ports.ts';
import { newTaskState, type TaskEffect, type TaskInput, type TaskState, transition } from './task-state.ts';

const RUNS = Number(process.env['GANTRY_PROPERTY_RUNS'] ?? 1000);

const end: fc.Arbitrary<ProcessEnd> = fc.oneof(
  fc.record({ exitCode: fc.constantFrom(0, 1, 137, 255) }),
  fc.record({ signal: fc.constantFrom(1, 9, 15, 64), exitCode: fc.constantFrom(0, 1) }),
  fc.record({ exitCode: fc.constantFrom(0, 3), signal: fc.constant(0) }),
  fc.record({ error: fc.constant('reading the terminal failed (EBADF)'), exitCode: fc.constantFrom(0, 1) }),
  fc.constant({}),
);
const input: fc.Arbitrary<TaskInput> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<TaskInput>({ kind: 'started' }) },
  { weight: 2, arbitrary: fc.constant<TaskInput>({ kind: 'promote' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      reason: fc.constantFrom(
        'user' as const,
        'agent' as const,
        'timeout' as const,
        'session' as const,
        'abort' as const,
        'monitor' as const,
        'app' as const,
      ),
      force: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ended' as const), end }) },
);

/** BT-10 implemented from the specification, not from the code: the first match counts. */
function expectedEnd(asked: string | undefined, observed: ProcessEnd): { status: TaskStatus; error?: RegExp } {
  if (asked === 'timeout') return { status: 'failed', error: /^Timed out/ };
  if (asked === 'app') return { status: 'cancelled', error: /^Ended with Gantry$/ };
  if (asked !== undefined) return { status: 'cancelled' };
  if (observed.error !== undefined) return { status: 'failed', error: /^reading the terminal failed \(EBADF\)$/ };
  if (observed.signal !== undefined && observed.signal > 0)
    return { status: 'failed', error: new RegExp(`^Terminated by signal ${observed.signal}\\b`) };
  if (observed.exitCode === 0) return { status: 'completed' };
  if (observed.exitCode !== undefined) return { status: 'failed', error: new RegExp(`^Exited with code ${observed.exitCode}\\b`) };
  return { status: 'failed', error: /^Exited with unknown status \(/ };
}

test('BT-9, BT-10: in any order of inputs there is exactly one end, the right one, and no effect after it', () => {
  fc.assert(
    fc.property(fc.constantFrom('foreground' as const, 'background' as const), fc.array(input, { maxLength: 40 }), (placement, inputs) => {
      let state: TaskState = newTaskState(placement, 5000);
      const effects: TaskEffect['kind'][] = [];
      let asked: string | undefined;
      let observed: ProcessEnd | undefined;
      for (const next of inputs) {
        const before = state;
        const step = transition(state, next);
        if (isTerminalStatus(before.status)) {
          expect(step).toMatchObject({ ok: false, code: 'task_ended' });
          continue;
        }
        if (!step.ok) {
          expect(next.kind).toBe('promote');
          expect(before.placement === 'background' || before.status === 'stopping').toBe(true);
          continue;
        }
        if (next.kind === 'stop') asked ??= next.reason;
        if (next.kind === 'ended') observed = next.end;
        state = step.state;
        effects.push(...step.effects.map((effect) => effect.kind));
        expect(isTerminalStatus(state.status)).toBe(next.kind === 'ended');
        if (before.placement === 'background') expect(state.placement).toBe('background');
        expect(step.effects.some((effect) => effect.kind === 'stopProcess') && next.kind !== 'stop').toBe(false);
        if (asked !== undefined && observed === undefined) expect(effects).toContain('stopProcess');
      }
      const count = (kind: TaskEffect['kind']) => effects.filter((effect) => effect === kind).length;
      expect(count('finish')).toBe(observed === undefined ? 0 : 1);
      expect(count('releaseCaller')).toBe(placement === 'foreground' && state.placement === 'background' ? 1 : 0);
      if (observed === undefined) return;
      const { status, error } = expectedEnd(asked, observed);
      expect(state.status).toBe(status);
      expect(state.end?.status).toBe(status);
      if (error === undefined) expect(state.end?.error).toBe(undefined);
      else expect(state.end?.error).toMatch(error);
    }),
    { numRuns: RUNS },
  );
});
