/** How a headless run handles its background tasks (BT-29): real terminals, a clock that the test advances. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { expect, onTestFinished, test } from 'vitest';
import { settleBackgroundTasks, STOP_AFTER_MS } from '../cli/run/background-tasks.ts';
import { isAlive } from '../local/live-tasks.fixture.ts';
import { createEngineFixture, newSession } from './support/engine-fixture.ts';
import { createManualClock } from './support/manual-clock.ts';
import { calls, says } from './support/scripted-model.ts';
import { CLI } from './support/built-cli.ts';
import { COMPILE_CACHE } from './support/compile-cache.ts';

async function afterTheAnswer(choice: 'wait' | 'stop') {
  const command = "trap '' HUP; echo begun; read line; echo ended";
  const fixture = await createEngineFixture();
  onTestFinished(() => fixture.close());
  fixture.model.push(calls({ id: 'c1', name: 'run_shell_command', input: { command, is_background: true } }), says('started'));
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(id, 'start');
  const { task } = await fixture.until('task.changed', (data) => data.task.status === 'running' && data.task.lastLine === 'begun');
  const clock = createManualClock();
  const said: string[] = [];
  let end: string | undefined;
  const never = new AbortController().signal;
  const settled = settleBackgroundTasks(
    { engine: fixture.engine, sessionId: id, clock, choice, say: (line) => void said.push(line) },
    never,
  );
  void settled.then((how) => void (end = how));
  return { fixture, id, task, clock, said, settled, hasEnded: () => end !== undefined };
}

test('BT-29: --background stop gives a task the stated time, then stops it and reports that', async () => {
  const { fixture, task, clock, said, settled, hasEnded } = await afterTheAnswer('stop');
  expect(said[0]).toContain('Stopping after 30 s; --background wait waits for the end.');
  expect(said[0]).toContain(`${task.id}: ${task.command}`);
  clock.advance(STOP_AFTER_MS - 1);
  expect(fixture.engine.tasks.get(task.id)?.status).toBe('running');
  expect(hasEnded()).toBe(false);
  clock.advance(1);
  expect(await settled).toBe('over');
  expect(said.slice(1)).toEqual([`Stopping the background task ${task.id}: ${task.command}`]);
  expect(fixture.engine.tasks.get(task.id)?.status).toBe('cancelled');
  expect(isAlive(task.pid ?? 0)).toBe(false);
});

test('BT-29: --background wait waits without a limit, and for the answer to the end', async () => {
  const { fixture, id, task, clock, said, settled, hasEnded } = await afterTheAnswer('wait');
  expect(said).toEqual([expect.stringContaining('Waiting for the end.')]);
  clock.advance(24 * 3_600_000);
  expect(fixture.engine.tasks.get(task.id)?.status).toBe('running');
  expect(hasEnded()).toBe(false);
  fixture.model.push(says('it has ended'));
  fixture.engine.tasks.write(task.id, '\n');
  await fixture.until('turn.started', (data) => data.sessionId === id && fixture.engine.tasks.get(task.id)?.status === 'completed');
  clock.advance(200);
  expect(await settled).toBe('turn');
  expect(readFileSync(task.outputPath ?? '', 'utf8')).toContain('ended\n');
});

test('BT-29: the command line waits for the tasks that it started, and reports that', async () => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-headless-')));
  const [home, project] = [join(scratch, 'home'), join(scratch, 'project')];
  mkdirSync(join(home, '.qwen'), { recursive: true });
  mkdirSync(project);
  const model = new LLMock({ port: 0 });
  model.on({ predicate: () => true }, (request) =>
    request.messages.some((message) => message.role === 'tool')
      ? { content: 'Started.' }
      : {
          toolCalls: [
            { name: 'run_shell_command', arguments: '{"command":"sleep 1; echo late > late.txt","is_background":true}', id: 'c1' },
          ],
        },
  );
  await model.start();
  onTestFinished(async () => {
    await model.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  const modelProviders = { openai: [{ id: 'scripted', baseUrl: `${model.url}/v1`, envKey: 'SCRIPTED_KEY' }] };
  const settings = { modelProviders, security: { auth: { selectedType: 'openai' } }, model: { name: 'scripted' } };
  writeFileSync(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const child = spawn(process.execPath, [CLI, '-y', '--background', 'wait', '-p', 'start it'], {
    cwd: project,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, SHELL: '/bin/sh', SCRIPTED_KEY: 'sk-scripted', ...COMPILE_CACHE },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let reported = '';
  child.stderr.on('data', (chunk) => (reported += String(chunk)));
  expect((await once(child, 'close'))[0]).toBe(0);
  expect(reported).toContain('A background task is still running. Waiting for the end.');
  expect(readFileSync(join(project, 'late.txt'), 'utf8')).toBe('late\n');
});
