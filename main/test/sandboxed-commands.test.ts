/** A whole engine whose settings require a sandbox: what its commands can do, and what happens without one. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';
import type { TaskId } from '../../preload/contract/index.ts';

const works = spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', '--unshare-net', '--unshare-pid', 'true']).status === 0;

let fixture: EngineFixture | undefined;
afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
});

/** Runs one command of the model in yolo mode; returns the result that the model received. */
async function run(command: string, userSettings: object, projectSettings: object = {}, isBackground = false) {
  const input = { command, is_background: isBackground };
  const opened = await createEngineFixture({
    answers: [calls({ id: 'c1', name: 'run_shell_command', input }), says('done')],
    files: { '.qwen/settings.json': JSON.stringify(projectSettings) },
  });
  fixture = opened;
  const home = dirname(opened.root);
  mkdirSync(join(home, '.qwen'), { recursive: true });
  writeFileSync(join(home, '.qwen', 'settings.json'), JSON.stringify(userSettings));
  const id = await newSession(opened, { mode: 'yolo' });
  await opened.run(id, 'go');
  const sandbox = (await opened.engine.permissions.list(opened.project.id)).sandbox.status;
  return { opened, id, home, sandbox, result: JSON.stringify(opened.model.requests[1]?.messages.at(-1)) };
}

const ASKED = { tools: { executionSandbox: { filesystem: 'workspace-write', network: 'closed' } } };

test.runIf(works)('the model’s commands run in the sandbox: a terminal, an exit code, and no access outside', async () => {
  const { opened, home, result, sandbox } = await run(
    'touch made; touch ../outside || echo kept in; test -t 1 && echo terminal; exit 3',
    ASKED,
  );
  expect([sandbox, existsSync(join(opened.root, 'made')), existsSync(join(home, 'outside'))]).toEqual(['on', true, false]);
  expect(result).toContain('kept in');
  expect(result).toContain('terminal');
  expect(result).toContain('Exit Code: 3');
});

test('a project can neither turn the sandbox on nor loosen it', async () => {
  const { home, sandbox } = await run('touch ../outside', {}, ASKED);
  expect([sandbox, existsSync(join(home, 'outside'))]).toEqual(['off', true]);
});

const hasEnded = (opened: EngineFixture, taskId: TaskId) =>
  opened.until('task.changed', ({ task }) => task.id === taskId && task.endedAtMs !== undefined);

test('a user command runs outside the sandbox, and outside it again, even after a restart of the app', async () => {
  const { opened, id, home } = await run('true', ASKED);
  const outside = join(home, 'outside');
  const { taskId } = await opened.engine.sessions.get(id).work.runCommand('touch ../outside; echo made; read line');
  await opened.until('task.changed', ({ task }) => task.id === taskId && task.lastLine === 'made');
  opened.engine.tasks.promote(taskId);
  opened.engine.tasks.write(taskId, '\n');
  await hasEnded(opened, taskId);
  expect(existsSync(outside)).toBe(true);

  rmSync(outside);
  const again = await opened.engine.sessions.restartTask(taskId);
  await opened.until('task.changed', ({ task }) => task.id === again.id && task.lastLine === 'made');
  opened.engine.tasks.write(again.id, '\n');
  await hasEnded(opened, again.id);
  expect(existsSync(outside)).toBe(true);

  rmSync(outside);
  await opened.engine.close();
  const second = await opened.second();
  try {
    await second.items(id);
    const third = await second.engine.sessions.restartTask(again.id);
    await second.until('task.changed', ({ task }) => task.id === third.id && task.lastLine === 'made');
    expect(existsSync(outside)).toBe(true);
  } finally {
    await second.close();
  }
});

test('a command of the model that the user runs again stays in the sandbox, or does not run without one', async () => {
  const { opened, home } = await run('touch ../outside', ASKED, {}, true);
  const [task] = opened.engine.tasks.list();
  if (task === undefined) throw new Error('the command is no task');
  await hasEnded(opened, task.id);
  const again = await opened.engine.sessions.restartTask(task.id);
  await hasEnded(opened, again.id);
  expect(existsSync(join(home, 'outside'))).toBe(false);
});
