import { expect, test } from 'vitest';
import { defined, SessionId, TaskId, type TaskSummary, ViewerId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { EarlierTasks } from './earlier-tasks.ts';
import type { EndedTask, Tasks, TaskSource } from './task-api.ts';
import { joinSources } from './tasks.ts';

const SESSION = SessionId.parse('s1');
const VIEWER = ViewerId.parse(1);

const task = (name: string, endedAtMs?: number, sessionId = SESSION, wasBackground = true): TaskSummary => ({
  id: TaskId.parse(name),
  sessionId,
  command: name,
  cwd: '/p',
  placement: 'background',
  wasBackground,
  status: endedAtMs === undefined ? 'running' : 'completed',
  startedAtMs: 0,
  ...defined({ endedAtMs }),
  outputBytes: 0,
  droppedBytes: 0,
  lastLine: '',
  rev: 1,
});

/** A source that records what it is asked; the methods that a test does not reach are missing. */
function makeSource(name: string, tasks: readonly TaskSummary[], calls: string[]) {
  const find = (taskId: TaskId) => tasks.find(({ id }) => id === taskId);
  const answer = (does: string) => (taskId: TaskId) => {
    calls.push(`${name} ${does} ${taskId}`);
    const found = find(taskId);
    if (found === undefined) throw new EngineError('task_unknown', `There is no task ${taskId}.`);
    return found;
  };
  const source: Partial<TaskSource> = {
    get: find,
    list: (sessionId) => tasks.filter((found) => sessionId === undefined || found.sessionId === sessionId),
    promote: answer('promotes'),
    stop: answer('stops'),
    readText: async (taskId) => ({ ...NO_TEXT, head: answer('reads the text of')(taskId).id }),
    outputPath: (taskId) => answer('locates')(taskId).id,
    readOutput: async (taskId) => ({ text: answer('reads')(taskId).id, nextOffsetBytes: 0, totalBytes: 0 }),
    write: (taskId) => void answer('writes to')(taskId),
    attach: ({ taskId }) => ({ viewerId: VIEWER, task: answer('attaches')(taskId) }),
    closeSession: async (sessionId) => void calls.push(`${name} closes ${sessionId}`),
    close: async () => void calls.push(`${name} closes`),
    clearEnded: () => void calls.push(`${name} clears`),
    takeEndedNotices: () => tasks.map((found): EndedTask => ({ task: found, text: NO_TEXT })),
  };
  return source;
}
const NO_TEXT = { head: '', tail: '', omittedChars: 0, totalBytes: 0, droppedBytes: 0, isBinary: false };

function join(sources: { run: readonly TaskSummary[]; earlier: readonly TaskSummary[]; agents: readonly TaskSummary[] }) {
  const calls: string[] = [];
  const tasks = joinSources({
    run: makeSource('run', sources.run, calls) as Tasks,
    earlier: makeSource('earlier', sources.earlier, calls) as EarlierTasks,
    agents: makeSource('agents', sources.agents, calls) as TaskSource,
  });
  return { tasks, calls };
}

test('the source that has an id answers for it, and this run refuses an unknown id', () => {
  const { tasks, calls } = join({ run: [task('mine')], earlier: [task('old', 1)], agents: [task('agent')] });
  for (const name of ['mine', 'old', 'agent']) expect(tasks.promote(TaskId.parse(name)).id).toBe(name);
  expect(() => tasks.promote(TaskId.parse('none'))).toThrow('There is no task none.');
  expect(calls).toEqual(['run promotes mine', 'earlier promotes old', 'agents promotes agent', 'run promotes none']);
  expect([tasks.get(TaskId.parse('agent'))?.id, tasks.get(TaskId.parse('none'))]).toEqual(['agent', undefined]);
});

test('commands of this run are listed first, then the newest earlier ones up to 32 ended, then subagents', () => {
  const other = SessionId.parse('s2');
  const earlier = Array.from({ length: 40 }, (_unused, n) => task(`old${n}`, n));
  const { tasks } = join({
    run: [task('ended', 100), task('running'), task('waited for', 100, SESSION, false), task('else', 1, other)],
    earlier,
    agents: [task('agent')],
  });
  const names = tasks.list(SESSION).map(({ id }) => String(id));
  expect(names).toEqual(['ended', 'running', 'waited for', ...Array.from({ length: 31 }, (_unused, n) => `old${39 - n}`), 'agent']);
  expect(tasks.list().map(({ id }) => String(id))).toEqual(['else', ...names]);
});

test('ended tasks are reported and cleared oldest source first', () => {
  const { tasks, calls } = join({ run: [task('mine', 2)], earlier: [task('old', 1)], agents: [task('agent', 3)] });
  expect(tasks.takeEndedNotices(SESSION).map((ended) => String(ended.task.id))).toEqual(['old', 'mine', 'agent']);
  tasks.clearEnded(SESSION);
  expect(calls).toEqual(['earlier clears', 'run clears', 'agents clears']);
});

test.each(['mine', 'old', 'agent'] as const)('what is asked about the task %s goes to its source', async (name) => {
  const { tasks, calls } = join({ run: [task('mine')], earlier: [task('old', 1)], agents: [task('agent')] });
  const id = TaskId.parse(name);
  tasks.stop(id, { force: false, by: 'user' });
  await tasks.readText(id);
  tasks.outputPath(id);
  await tasks.readOutput(id, { offsetBytes: 0, maxBytes: 1 });
  tasks.write(id, 'x');
  tasks.attach({ taskId: id, cols: 80, rows: 24, focused: false }, () => undefined);
  const source = { mine: 'run', old: 'earlier', agent: 'agents' }[name];
  const done = ['stops', 'reads the text of', 'locates', 'reads', 'writes to', 'attaches'];
  expect(calls).toEqual(done.map((does) => `${source} ${does} ${name}`));
});

test('every source closes a session, and itself', async () => {
  const { tasks, calls } = join({ run: [], earlier: [], agents: [] });
  await tasks.closeSession(SESSION);
  await tasks.close();
  const all = ['earlier', 'run', 'agents'];
  expect(calls).toEqual([...all.map((name) => `${name} closes s1`), ...all.map((name) => `${name} closes`)]);
});
