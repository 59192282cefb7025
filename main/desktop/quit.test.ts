import { beforeEach, expect, test, vi } from 'vitest';
import { SessionId, TaskId, type TaskStatus, TaskSummary } from '../../preload/contract/index.ts';
import { silentLogger } from '../local/logger.ts';
import { createFakeEngine } from '../test/support/fake-engine.ts';
import { installQuit } from './quit.ts';

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
  const quit = installQuit(engine, silentLogger, () => undefined);
  const request = () => {
    let isPrevented = false;
    electron.app.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    return isPrevented;
  };
  return { quit, closed, request };
}

test('without a running command it asks nothing, closes the engine and exits', async () => {
  const { closed, request } = setUp([task(1, 'completed'), task(2, 'failed'), task(3, 'cancelled')]);
  expect(request()).toBe(true); // the exit waits for the engine
  await expect.poll(() => electron.exits).toEqual([0]);
  expect([closed, electron.asked]).toEqual([['closed'], []]);
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
    expect([closed, quit.mustAsk()]).toEqual([['closed'], false]);
  },
);

test('a second request raises no second question, and stops nothing twice', async () => {
  let end = (): void => undefined;
  const { closed, request } = setUp([task(1, 'running')], () => new Promise<void>((resolve) => (end = resolve)));
  request();
  request();
  expect(electron.asked).toHaveLength(1);
  electron.answers[0]?.(0);
  await expect.poll(() => closed).toEqual(['closed']);
  expect(request()).toBe(true);
  expect(electron.exits).toEqual([]); // the engine has not ended yet
  end();
  await expect.poll(() => electron.exits).toEqual([0]);
  expect([closed, electron.asked.length]).toEqual([['closed'], 1]);
});

test('the question names eight commands and the number of the others', () => {
  const { request } = setUp(Array.from({ length: 9 }, (_, at) => task(at + 1, 'running')));
  request();
  const [question] = electron.asked;
  expect(question?.message).toBe('9 commands are still running');
  expect(question?.detail.split('\n')).toEqual([...Array.from({ length: 8 }, (_, at) => `command ${at + 1}`), 'and 1 more']);
});

test('an engine that fails to close ends the app with an error', async () => {
  const { request } = setUp([], async () => {
    throw new Error('stuck');
  });
  request();
  await expect.poll(() => electron.exits).toEqual([1]);
});
