import { expect, test } from 'vitest';
import { TaskSummary } from '../../../preload/contract/index.ts';
import { stoppingLine } from './stopping-line.ts';

const task = (command: string, status = 'running') =>
  TaskSummary.parse({
    id: 'bg_00000001',
    sessionId: 's1',
    command,
    cwd: '/p',
    placement: 'background',
    wasBackground: true,
    status,
    startedAtMs: 1,
    outputBytes: 0,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
  });

test('each command stopped with the server is named on one line, and nothing is printed when none runs', () => {
  expect(stoppingLine([task('done', 'completed')])).toBe('');
  expect(stoppingLine([task('npm run\n \u001b[31mdev'), task('done', 'failed')])).toBe(
    'Gantry stops the command that was still running:\n  npm run [31mdev\n',
  );
});

test('many commands are counted, and a long one is shortened', () => {
  const lines = stoppingLine(Array.from({ length: 10 }, () => task('x'.repeat(200)))).split('\n');
  expect(lines[0]).toBe('Gantry stops 10 commands that were still running:');
  expect([lines.length, lines[1]?.length, lines[9]]).toEqual([11, 102, '  and 2 more']);
});
