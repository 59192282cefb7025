/** The pty host in the test's own process, with its posted messages, in its own folder. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type OutputFrame, TaskId } from '../../../preload/contract/index.ts';
import type { FromPtyHost, SpawnRequest, TaskUpdate } from '../protocol.ts';
import { createPtyHost, type PtyHostCore, type PtyHostOptions } from '../pty-host.ts';

export interface TestHost {
  readonly core: PtyHostCore;
  readonly folder: string;
  readonly updates: TaskUpdate[];
  readonly frames: OutputFrame[];
  /** `born 4711`, `gone 4711`. */
  readonly groups: string[];
  spawn(command: string, env?: Record<string, string>, more?: Partial<SpawnRequest>): TaskId;
  ended(taskId: TaskId): Promise<Extract<TaskUpdate, { kind: 'ended' }>>;
  raw(taskId: TaskId): Buffer;
  text(taskId: TaskId): string;
  close(): Promise<void>;
}

export interface TestHostOptions extends Partial<Omit<PtyHostOptions, 'post'>> {
  /** Gets every message first; its errors are thrown into the pty host. */
  readonly onPost?: (message: FromPtyHost) => void;
}

let nextId = 1;

export function openHost({ onPost, ...options }: TestHostOptions = {}): TestHost {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-host-'));
  const updates: TaskUpdate[] = [];
  const frames: OutputFrame[] = [];
  const groups: string[] = [];
  const post = (message: FromPtyHost) => {
    onPost?.(message);
    if (message.t === 'update') updates.push(message.update);
    if (message.t === 'output') frames.push(message.frame);
    if (message.t === 'group') groups.push(`${message.alive ? 'born' : 'gone'} ${message.pid}`);
  };
  const core = createPtyHost({ spawnPty: undefined, why: 'no terminal here', ...options, post });
  const find = (taskId: TaskId) => updates.find((update) => update.kind === 'ended' && update.taskId === taskId);
  return {
    core,
    folder,
    updates,
    frames,
    groups,
    spawn(command, env = {}, more = {}) {
      const taskId = TaskId.parse(`bg_${(nextId++).toString(16).padStart(8, '0')}`);
      const base = join(folder, `shell-${taskId}`);
      const request: SpawnRequest = {
        taskId,
        shell: '/bin/bash',
        args: ['-c', command],
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', ...env },
        rawPath: `${base}.raw`,
        textPath: `${base}.output`,
        screenPath: `${base}.screen`,
        cols: 80,
        rows: 24,
        ...more,
      };
      core.handle({ t: 'spawn', request });
      return taskId;
    },
    async ended(taskId) {
      await expect.poll(() => find(taskId), { interval: 5 }).toBeDefined();
      const end = find(taskId);
      if (end?.kind !== 'ended') throw new Error('unreachable: polled above');
      return end;
    },
    raw: (taskId) => readFileSync(join(folder, `shell-${taskId}.raw`)),
    text: (taskId) => readFileSync(join(folder, `shell-${taskId}.output`), 'utf8'),
    async close() {
      await core.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
