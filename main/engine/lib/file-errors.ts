/** Turns the file system's errors into `EngineError`s that name the file and the next step. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EngineError } from '../errors.ts';

/** Node's code of a system error, such as ENOSPC; undefined for any other value. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
  EROFS: 'the disk is read-only',
  ENOENT: 'its folder does not exist and could not be created',
  EIO: 'the disk reported an error (EIO)',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a folder of its path is a file',
  EMFILE: 'too many files are open',
  EEXIST: 'it exists already',
};

/** What a person can do about a file that cannot be written. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'Change the permissions',
  EPERM: 'Change the permissions',
  EROFS: 'Make the disk writable',
  EIO: 'Check the disk',
};

/**
 * The coded form of a system error; any other value is returned unchanged, with the original as `cause`.
 * Codes: `disk_full` (ENOSPC, EDQUOT), `file_not_found` (only when reading), `file_unreadable`, `file_unwritable`.
 * `data.path` is the path, `data.systemCode` the system's code.
 */
export function asFileError(error: unknown, action: 'read' | 'write' | 'remove', path: string): unknown {
  const code = systemCode(error);
  if (error instanceof EngineError || code === undefined) return error;
  const options = { cause: error, data: { path, systemCode: code } };
  if (code === 'ENOSPC')
    return new EngineError('disk_full', `There is no space left on the disk that holds ${path}. Free some space, then try again.`, options);
  if (code === 'EDQUOT')
    return new EngineError('disk_full', `Your quota on the disk that holds ${path} is used up. Free some space, then try again.`, options);
  if (action === 'read') {
    if (isMissing(error)) return new EngineError('file_not_found', `There is no such file or folder: ${path}`, options);
    return new EngineError('file_unreadable', `Cannot read ${path}: ${REASONS[code] ?? code}.`, options);
  }
  const cause = code === 'ENOENT' ? (whyNoFolder(path) ?? code) : code;
  const file = code === 'ENOTDIR' || code === 'EEXIST' ? fileInPlaceOfFolder(path) : undefined;
  if (file !== undefined) {
    const message = `Cannot ${action} ${path}: ${file} is a file, but a folder is needed there. Rename or remove that file, then try again.`;
    return new EngineError('file_unwritable', message, options);
  }
  const remedy = REMEDIES[cause];
  const next = remedy === undefined ? '' : ` ${remedy}, then try again.`;
  return new EngineError('file_unwritable', `Cannot ${action} ${path}: ${REASONS[cause] ?? cause}.${next}`, options);
}

/**
 * Does work that writes `path`. A system error of the work becomes an `EngineError` about `path`: the error itself names
 * a temporary file, or, after a write to an open file, nothing. Codes: `disk_full`, `file_unwritable`.
 */
export async function writingFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFileError(error, 'write', path);
  }
}

/** Errors of the system that only a write meets, whatever the writer was doing. */
const WRITE_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** The error to report at a boundary: a coded one as it is, a full or read-only disk in its coded form; undefined is a bug. */
export function reportableError(error: unknown): EngineError | undefined {
  if (error instanceof EngineError) return error;
  const code = systemCode(error);
  if (code === undefined || !WRITE_CODES.has(code)) return undefined;
  const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : 'a file that Gantry writes';
  const coded = asFileError(error, 'write', path);
  return coded instanceof EngineError ? coded : undefined;
}

/** The session's records cannot be written at the moment; queued prompts must not be tried one after the other. */
export function isStorageError({ code }: { readonly code: string }): boolean {
  return code === 'disk_full' || code === 'file_unwritable';
}

/** Node's recursive mkdir reports ENOENT on a read-only disk: the nearest existing folder says why it cannot be written. */
function whyNoFolder(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  try {
    accessSync(parent, constants.W_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? whyNoFolder(parent) : systemCode(error);
  }
}

function fileInPlaceOfFolder(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  try {
    return fileInPlaceOfFolder(parent) ?? (statSync(parent, { throwIfNoEntry: false })?.isFile() === true ? parent : undefined);
  } catch {
    return undefined; // a folder that cannot be read
  }
}
