import { expect, test } from 'vitest';
import { type SurvivorSummary, TaskId } from '../../../preload/contract/index.ts';
import { createFakeEngine } from '../../test/support/fake-engine.ts';
import { survivorsLine, tellSurvivors } from './survivors-line.ts';

const survivor = (n: number, more: Partial<SurvivorSummary> = {}): SurvivorSummary => ({
  taskId: TaskId.parse(`bg_0000000${n}`),
  command: `serve ${n}`,
  cwd: '/p',
  processes: [{ pid: 40 + n, name: 'node' }],
  ...more,
});

test('BT-18: a headless run prints one line about survivors of an earlier run and how to end them', async () => {
  const lines: string[] = [];
  const { engine } = createFakeEngine({ survivors: { list: async () => [survivor(1)] } });
  await tellSurvivors(engine, (line) => lines.push(line));
  expect(lines).toEqual(['A command of an earlier run is still running: serve 1. End with: kill 41']);
});

test('several survivors stay on one line, whatever their commands contain', () => {
  const many = [1, 2, 3, 4].map((n) => survivor(n, { command: n === 1 ? `a\n\x1b[31m${'b'.repeat(100)}` : n === 2 ? '' : `serve ${n}` }));
  expect(survivorsLine(many)).toBe(
    `4 commands of earlier runs are still running: a [31m${'b'.repeat(54)}...; node; serve 3 and 1 more. End with: kill 41 42 43 44`,
  );
});

test('nothing is printed without survivors or when the host cannot list them', async () => {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  await tellSurvivors(createFakeEngine({ survivors: { list: async () => [] } }).engine, say);
  await tellSurvivors(createFakeEngine({ survivors: { list: () => Promise.reject(new Error('no /proc')) } }).engine, say);
  expect(lines).toEqual([]);
});
