import { sep } from 'node:path';

/** Both absolute, with their links resolved. A folder is within itself. Pure. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Whether a workspace is the home folder, or contains it. */
export function holdsHome(root: string, home: string | undefined): boolean {
  return home !== undefined && isWithin(home, root);
}
