import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type HostEvent, SessionId, TaskId, type TaskStatus, TaskSummary, TurnId } from '../../preload/contract/index.ts';
import { silentLogger } from '../local/logger.ts';
import { createFakeEngine } from '../test/support/fake-engine.ts';
import { installQuit, SIGNAL_LIMIT_MS } from './quit.ts';

const electron = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  const exits: number[] = [];
  const app = Object.assign(new Emitter(), { exit: (code: number) => void exits.push(code) });
  const asked: { message: string; detail: string; buttons: readonly string[] }[] = [];
  const answers: ((response: number) => void)[] = [];
  const showMessageBox = (...given: unknown[]) => {
    asked.push(given.at(-1) as (typeof asked)[number]); // the dialogs that the app shows
    return new Promise((answer) => answers.push((response) => answer({ response })));
  };
  return { app, dialog: { showMessageBox }, exits, asked, answers };
});
vi.mock('electron', () => electron);

beforeEach(() => {
  electron.app.removeAllListeners();
  for (const list of [electron.exits, electron.asked, electron.answers]) list.length = 0;
});

const task = (id: number, status: TaskStatus, command = `command ${id}`) =>
  TaskSummary.parse({
    id: TaskId.parse(`bg_0000000${id}`),
    sessionId: SessionId.parse('s'),
    command,
    cwd: '/',
    placement: 'background',
    wasBackground: true,
    status,
    startedAtMs: 0,
    outputBytes: 0,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
  });

function setUp(tasks: readonly TaskSummary[], close: () => Promise<void> = async () => undefined) {
  const closed: string[] = [];
  const fake = createFakeEngine({ tasks: { list: () => tasks } });
  const engine = {
    ...fake.engine,
    close: async () => {
      closed.push('closed');
      await close();
    },
  };
  const quit = installQuit({ engine, logger: silentLogger, currentWindow: () => undefined, onClosing: () => void closed.push('closing') });
  const request = () => {
    let isPrevented = false;
    electron.app.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    return isPrevented;
  };
  return { quit, closed, request, emit: fake.emit };
}

test('without a running command it asks nothing, closes the engine and exits', async () => {
  const { closed, request } = setUp([task(1, 'completed'), task(2, 'failed'), task(3, 'cancelled')]);
  expect(request()).toBe(true); // the exit waits for the engine
  await expect.poll(() => electron.exits).toEqual([0]);
  expect([closed, electron.asked]).toEqual([['closing', 'closed'], []]);
});

test.each<TaskStatus>(['starting', 'running', 'stopping'])(
  'a command that is %s raises the question; Cancel changes nothing',
  async (status) => {
    const { quit, closed, request } = setUp([task(1, status)]);
    request();
    expect(electron.asked).toMatchObject([{ message: 'A command is still running', detail: 'command 1', defaultId: 1, cancelId: 1 }]);
    expect(quit.mustAsk()).toBe(true);
    electron.answers[0]?.(1);
    await expect.poll(() => (request(), electron.asked.length)).toBe(2); // it can be asked again
    expect([closed, electron.exits]).toEqual([[], []]);
    electron.answers[1]?.(0);
    await expect.poll(() => electron.exits).toEqual([0]);
    expect([closed, quit.mustAsk()]).toEqual([['closing', 'closed'], false]);
  },
);

test('a second request raises no second question, and stops nothing twice', async () => {
  let end = (): void => undefined;
  const { closed, request } = setUp([task(1, 'running')], () => new Promise<void>((resolve) => (end = resolve)));
  request();
  request();
  expect(electron.asked).toHaveLength(1);
  electron.answers[0]?.(0);
  await expect.poll(() => closed).toEqual(['closing', 'closed']);
  expect(request()).toBe(true);
  expect(electron.exits).toEqual([]); // the engine has not ended yet
  end();
  await expect.poll(() => electron.exits).toEqual([0]);
  expect([closed, electron.asked.length]).toEqual([['closing', 'closed'], 1]);
});

test('a turn in progress raises the question, until it has ended', async () => {
  const { closed, request, emit } = setUp([]);
  const sessionId = SessionId.parse('s');
  const turnId = TurnId.parse('t');
  const started = { sessionId, seq: 1, turn: { id: turnId, startedAtMs: 0, phase: 'waiting' } };
  emit({ event: 'turn.started', data: started } as unknown as HostEvent); // only the session is read
  request();
  expect(electron.asked).toMatchObject([{ message: 'The agent is still working', buttons: ['Interrupt and quit', 'Cancel'] }]);
  electron.answers[0]?.(1);
  emit({ event: 'turn.ended', data: { sessionId, seq: 2, result: { turnId, end: 'completed' } } } as unknown as HostEvent);
  await expect.poll(() => (request(), electron.exits)).toEqual([0]);
  expect([closed, electron.asked.length]).toEqual([['closing', 'closed'], 1]);
});

test('a signal ends the app without a question, once', async () => {
  const { quit, closed } = setUp([task(1, 'running')]);
  quit.end('SIGINT');
  quit.end('SIGINT');
  expect(quit.mustAsk()).toBe(false);
  await expect.poll(() => electron.exits).toEqual([0]);
  expect([closed, electron.asked]).toEqual([['closing', 'closed'], []]);
});

test.each([0, 1])('a signal while the question is shown ends the app, whatever the answer %d is', async (answer) => {
  const { quit, closed, request } = setUp([task(1, 'running')]);
  request();
  quit.end('SIGTERM');
  electron.answers[0]?.(answer);
  await expect.poll(() => electron.exits).toEqual([0]);
  expect(closed).toEqual(['closing', 'closed']);
});

test.each([true, false])(
  'after a signal an engine that does not close is abandoned after 4.5 s (was it closing before: %s)',
  async (wasClosing) => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { quit, request } = setUp([], () => new Promise<void>(() => undefined));
    if (wasClosing) request();
    quit.end('SIGTERM');
    vi.advanceTimersByTime(SIGNAL_LIMIT_MS - 1);
    expect(electron.exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(electron.exits).toEqual([1]);
  },
);

test('an engine that fails to close ends the app with an error', async () => {
  const { request } = setUp([], async () => {
    throw new Error('stuck');
  });
  request();
  await expect.poll(() => electron.exits).toEqual([1]);
});
