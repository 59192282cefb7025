import { expect, test } from 'vitest';
import { TaskId, ViewerId } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/index.ts';
import { createFakeEngine } from '../test/support/fake-engine.ts';
import { createViewers } from './viewers.ts';

const view = { taskId: TaskId.parse('bg_00000001'), cols: 80, rows: 24, focused: true };

function setUp() {
  const detached: ViewerId[] = [];
  let count = 0;
  const { engine } = createFakeEngine({
    tasks: {
      attach: () => {
        count += 1;
        return { viewerId: ViewerId.parse(count), task: {} as never }; // nothing reads it
      },
      detach: (viewerId) => void detached.push(viewerId),
    },
  });
  const client = () => createViewers(engine.tasks, () => undefined);
  return { one: client(), two: client(), detached };
}

test('a client can neither use nor end a view of another client', () => {
  const { one, two, detached } = setUp();
  const { viewerId } = one.attach(view);
  for (const touch of [two.own, two.detach]) expect(() => touch(viewerId)).toThrow(expect.objectContaining({ code: 'viewer_unknown' }));
  expect(detached).toEqual([]);
  expect(one.own(viewerId)).toBe(viewerId);
});

test('a view ends once, and a disconnect ends the others', () => {
  const { one, two, detached } = setUp();
  const ids = [one.attach(view), one.attach(view), two.attach(view)].map(({ viewerId }) => viewerId);
  one.detach(ids[0] ?? ViewerId.parse(999));
  expect(() => one.own(ids[0] ?? ViewerId.parse(999))).toThrow();
  one.close();
  one.close();
  expect(detached).toEqual(ids.slice(0, 2));
});

test('a client that disconnects after the engine has closed its views disconnects without an error', () => {
  const { engine } = createFakeEngine({
    tasks: {
      attach: () => ({ viewerId: ViewerId.parse(1), task: {} as never }), // nothing reads it
      detach: () => {
        throw new EngineError('viewer_unknown', 'There is no viewer 1.');
      },
    },
  });
  const client = createViewers(engine.tasks, () => undefined);
  client.attach(view);
  expect(() => client.close()).not.toThrow();
});
