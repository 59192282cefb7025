/** The possible events for tasks, their viewers, their sessions and the app, drawn by fast-check for the interleavings. */
import fc from 'fast-check';
import type { ProcessEnding } from '../../pty-host/protocol.ts';

const task = fc.nat(2);
const viewer = fc.nat(3);
const ending: fc.Arbitrary<ProcessEnding> = fc.constantFrom(
  { exitCode: 0 },
  { exitCode: 3 },
  { signal: 11 },
  { exitCode: 0, signal: 9 },
  { error: 'reading the terminal failed (EBADF)', exitCode: 0 },
  {},
);

const start = fc.record({
  do: fc.constant('start' as const),
  placement: fc.constantFrom('foreground' as const, 'background' as const),
  session: fc.nat(1),
  hasTimeout: fc.boolean(),
  ignoresTerm: fc.boolean(),
  place: fc.constantFrom('good' as const, 'good' as const, 'good' as const, 'no files' as const, 'no folder' as const),
});

const laterSteps = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: start },
    { weight: 1, arbitrary: fc.constant({ do: 'ready' as const }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('data' as const),
        task,
        bytes: fc.oneof({ weight: 12, arbitrary: fc.nat(400) }, { weight: 1, arbitrary: fc.integer({ min: 30_000, max: 300_000 }) }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('exit' as const), task, end: ending }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), task, end: ending }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('promote' as const), task }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('stop' as const),
        task,
        force: fc.boolean(),
        by: fc.constantFrom('user' as const, 'agent' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), task }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('write' as const), task }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const), task }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('attach' as const), task, focused: fc.boolean(), acks: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('detach' as const), viewer }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('ack' as const), viewer }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('focus' as const), viewer }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('resize' as const),
        viewer,
        cols: fc.integer({ min: 0, max: 200 }),
        rows: fc.integer({ min: 0, max: 60 }),
      }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('toHost' as const), count: fc.integer({ min: 1, max: 5 }) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('toClient' as const), count: fc.integer({ min: 1, max: 5 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.constantFrom(1, 6, 51, 110, 250, 2000, 4000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('closeSession' as const), session: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), isRare: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('shutdown' as const), isRare: fc.nat(3) }) },
  ),
  { minLength: 5, maxLength: 70, size: 'max' },
);
/** In most scenarios processes exist from the beginning; in the others every step may precede them. */
export const scenarioSteps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.array(start, { minLength: 1, maxLength: 3 }), fc.constantFrom(true, true, false), laterSteps)
  .map(([starts, isReady, later]) => [...starts, ...(isReady ? [{ do: 'ready' as const }] : []), ...later]);
type Steps = typeof laterSteps extends fc.Arbitrary<infer S> ? S : never;
export type Step = Steps[number];
