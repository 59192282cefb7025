/** The checks of `gantry doctor` on this machine: a terminal, and the search program. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TaskId, type TaskNotice } from '../../preload/contract/index.ts';
import type { PtyHost, PtyUpdate } from '../engine/ports.ts';

/** `detail` describes the finding or the failure. */
export interface MachineCheck {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
}

/** A terminal that does not answer within this time is broken. Unit: ms. */
const TERMINAL_LIMIT_MS = 10_000;

/** Runs a command in its own terminal, as the agent's commands run. */
export async function checkTerminal(openPtyHost: () => PtyHost): Promise<MachineCheck> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-doctor-'));
  const host = openPtyHost();
  try {
    return { name: 'Terminal', ...(await tryTerminal(host, folder)) };
  } finally {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function tryTerminal(host: PtyHost, folder: string): Promise<Omit<MachineCheck, 'name'>> {
  return new Promise((resolve) => {
    let backend = 'pty';
    let notice: TaskNotice | undefined;
    const timer = setTimeout(() => resolve({ state: 'failed', detail: 'A command did not end.' }), TERMINAL_LIMIT_MS);
    host.onUpdate((update: PtyUpdate) => {
      if (update.kind === 'started') ({ backend, notice } = { backend: update.backend, notice: update.notice });
      if (update.kind !== 'ended' && update.kind !== 'lost') return;
      clearTimeout(timer);
      if (update.kind === 'lost') resolve({ state: 'failed', detail: update.message });
      else if (update.end.exitCode !== 0)
        resolve({ state: 'failed', detail: update.end.error ?? `A command ended with code ${update.end.exitCode}.` });
      else
        resolve(
          backend === 'pty'
            ? { state: 'ok', detail: 'commands get a terminal' }
            : { state: 'warning', detail: `commands get a pipe instead of a terminal${notice === undefined ? '' : `: ${notice.reason}`}` },
        );
    });
    const isWindows = process.platform === 'win32';
    host.spawn({
      taskId: TaskId.parse('bg_d0c70000'),
      shell: isWindows ? 'cmd.exe' : '/bin/sh',
      args: [isWindows ? '/c' : '-c', 'exit 0'],
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '' },
      rawPath: join(folder, 'raw'),
      textPath: join(folder, 'text'),
      screenPath: join(folder, 'screen'),
      cols: 80,
      rows: 24,
    });
  });
}

/** Runs the ripgrep that comes with Gantry. */
export async function checkRipgrep(): Promise<MachineCheck> {
  try {
    const { rgPath } = await import('@vscode/ripgrep');
    const { stdout } = await promisify(execFile)(rgPath, ['--version']);
    return { name: 'Search', state: 'ok', detail: stdout.split('\n', 1)[0] ?? '' };
  } catch (error) {
    return { name: 'Search', state: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}
