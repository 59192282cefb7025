import {
  type HostEvent,
  type OutputFrame,
  SessionId,
  SessionSnapshot,
  TaskId,
  TaskSummary,
  ViewerId,
} from '../../preload/contract/index.ts';
import { type Engine, EngineError } from '../../main/engine/index.ts';

export const SESSION = SessionId.parse('11111111-1111-4111-8111-111111111111');
export const TASK = TaskId.parse('bg_00000001');

export const task: TaskSummary = TaskSummary.parse({
  id: TASK,
  sessionId: SESSION,
  command: 'yes',
  cwd: '/p',
  placement: 'foreground',
  wasBackground: false,
  status: 'running',
  startedAtMs: 1,
  outputBytes: 0,
  droppedBytes: 0,
  lastLine: '',
  rev: 1,
});

export function snapshotAt(seq: number): SessionSnapshot {
  return SessionSnapshot.parse({
    summary: {
      id: SESSION,
      projectId: 'p1',
      title: 'A session',
      updatedAtMs: 1,
      createdAtMs: 1,
      state: 'idle',
      endedTurns: 0,
    },
    seq,
    items: [],
    earlierItems: 0,
    approvals: [],
    queue: [],
    mode: 'default',
    context: { usedTokens: 0, windowTokens: 1000 },
    tasks: [task],
  });
}

/** What the suite scripts and inspects; a member that is not listed throws with its name. */
export interface FakeEngine {
  readonly engine: Engine;
  emit(event: HostEvent): void;
  /** Sends terminal output to a viewer, like the task engine. */
  output(frame: OutputFrame): void;
  readonly calls: unknown[][];
}

export function createFakeEngine(): FakeEngine {
  const listeners = new Set<(event: HostEvent) => void>();
  const viewers = new Map<ViewerId, (frame: OutputFrame) => void>();
  const calls: unknown[][] = [];
  let nextViewer = 1;
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void calls.push([name, ...args]);

  const members: Record<string, Record<string, unknown>> = {
    sessions: {
      open: async (_project: unknown, sessionId: SessionId) => {
        if (sessionId !== SESSION)
          throw new EngineError('session_unknown', `No session ${sessionId}.`, {
            data: { sessionId },
          });
        return snapshotAt(3);
      },
      release: note('release'),
      rename: async () => {
        throw new Error('secret-looking detail that must not cross the wire');
      },
    },
    tasks: {
      list: () => [task],
      promote: () => {
        throw new EngineError('task_ended', 'The task has ended.');
      },
      attach: (_view: unknown, deliver: (frame: OutputFrame) => void) => {
        const viewerId = ViewerId.parse(nextViewer++);
        viewers.set(viewerId, deliver);
        deliver(frame(viewerId, 'replay', 0, 'screen'));
        return { viewerId, task };
      },
      detach: (viewerId: ViewerId) => {
        calls.push(['detach', viewerId]);
        viewers.delete(viewerId);
      },
      write: note('write'),
      ack: note('ack'),
      resize: note('resize'),
      focus: note('focus'),
    },
    providers: { setKey: async () => Promise.reject(new Error('boom')) },
    projects: { list: async () => [] },
    settings: {},
  };
  const strict = (group: string) =>
    new Proxy(members[group] ?? {}, {
      get: (target, name) => {
        const member = target[String(name)];
        if (member === undefined) throw new Error(`the fake engine has no ${group}.${String(name)}`);
        return member;
      },
    });
  const lazy = (group: string) =>
    new Proxy(
      {},
      {
        get:
          (_target, name) =>
          (...args: unknown[]) =>
            Reflect.apply(strict(group)[String(name)] as () => unknown, undefined, args),
      },
    );

  return {
    // A test double: only the members above exist, and the proxies throw with the name of any other.
    engine: {
      projects: lazy('projects'),
      sessions: lazy('sessions'),
      tasks: lazy('tasks'),
      survivors: lazy('survivors'),
      permissions: lazy('permissions'),
      providers: lazy('providers'),
      settings: lazy('settings'),
      subscribe: (listener: (event: HostEvent) => void) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      close: async () => {},
    } as unknown as Engine,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    output: (output) => viewers.get(output.viewerId)?.(output),
    calls,
  };
}

export function frame(viewerId: ViewerId, kind: OutputFrame['kind'], offsetBytes: number, text: string): OutputFrame {
  return {
    t: 'output',
    kind,
    viewerId,
    offsetBytes,
    cols: 80,
    rows: 24,
    skipped: false,
    bytes: new TextEncoder().encode(text),
  };
}
