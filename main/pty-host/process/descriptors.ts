/**
 * Keeps descriptors of one command out of another (BT-31). Linux only; elsewhere node-pty closes them itself.
 *
 * node-pty 1.2 marks every descriptor close-on-exec in a child it forks, but where its binary was built without
 * close_range it walks upwards from 3 and stops at the first number above 15 that is free: with a gap, the terminals
 * above it leak into the next command. So gaps are filled while a command is spawned, and nothing in this process may
 * close a descriptor on another thread meanwhile: files are closed with `closeSync`.
 */
import { closeSync, constants, open, openSync, readdirSync, readFileSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;
const isLinux = process.platform === 'linux';

/** Closes inherited descriptors: neither this process nor its commands use them. Call it once, first. */
export function closeInherited(): void {
  if (!isLinux) return;
  for (const fd of openDescriptors()) if (fd > 2 && isInheritable(fd)) close(fd);
}

/** Runs `spawn` while no descriptor number below the highest open one is free. */
export function withoutGaps<T>(spawn: () => T): T {
  if (!isLinux) return spawn();
  const highest = Math.max(...openDescriptors());
  const fillers: number[] = [];
  try {
    // Each open takes the lowest free number, until none is left below the highest one in use.
    do fillers.push(openSync('/dev/null', constants.O_RDONLY));
    while ((fillers.at(-1) ?? highest) < highest);
    return spawn();
  } finally {
    for (const fd of fillers) close(fd);
  }
}

/** Opens on another thread, closes on this one. Errors: rejects with the error of `open` or `act`. */
export async function withDescriptor<T>(path: string, flags: number, act: (fd: number) => Promise<T>): Promise<T> {
  const fd = await new Promise<number>((resolve, reject) => {
    open(path, flags, 0o600, (error, opened) => (error === null ? resolve(opened) : reject(error)));
  });
  try {
    return await act(fd);
  } finally {
    close(fd);
  }
}

export function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // A network disk may report EIO; the descriptor is closed anyway.
  }
}

function openDescriptors(): number[] {
  return readdirSync('/proc/self/fd').map(Number);
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false; // the descriptor of the listing itself
  }
}
