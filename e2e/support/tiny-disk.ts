import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BALLAST = 'ballast';

/** A tmpfs, of 1 MiB unless `size` says otherwise (in mount's notation: `64m`). */
export const tinyDisk = {
  /** Returns a function that unmounts it. */
  mount(folder: string, size = '1m'): () => void {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'gantry-test', folder], { stdio: 'pipe' });
    return () => void spawnSync('umount', ['-l', folder]);
  },
  /** Afterwards not one byte fits. */
  fill: (folder: string) => void spawnSync('sh', ['-c', 'cat /dev/zero > "$0"', join(folder, BALLAST)]),
  free: (folder: string) => rmSync(join(folder, BALLAST), { force: true }),
  setReadOnly: (folder: string, isReadOnly: boolean) =>
    void execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, folder], { stdio: 'pipe' }),
};

/** Why no disk can be mounted here, or undefined. */
export function whyNoDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-disk-'));
  try {
    tinyDisk.mount(folder)();
    return undefined;
  } catch (error) {
    return `no disk can be mounted here: ${String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
