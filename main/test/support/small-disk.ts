import { type FileHandle, open } from 'node:fs/promises';

/** Real files on a disk that fills up. Change it as you like. */
export interface SmallDisk {
  bytesLeft: number;
  /** What a write beyond that fails with. */
  code: 'ENOSPC' | 'EDQUOT';
  /** Another program's write right after ours. */
  others: string;
  openFile(path: string, flags: number, mode: number): Promise<FileHandle>;
}

/** Like the system, it writes what fits of an append and then fails, with an error that names no path. */
export function createSmallDisk(): SmallDisk {
  const disk: SmallDisk = {
    bytesLeft: Number.POSITIVE_INFINITY,
    code: 'ENOSPC',
    others: '',
    async openFile(path, flags, mode) {
      const file = await open(path, flags, mode);
      const appendFile: FileHandle['appendFile'] = async (text) => {
        const bytes = Buffer.from(String(text));
        const fitting = bytes.subarray(0, Math.min(bytes.length, disk.bytesLeft));
        if (fitting.length > 0) await file.write(fitting);
        if (disk.others !== '') await file.write(disk.others);
        const { code } = disk;
        if (fitting.length < bytes.length) throw Object.assign(new Error(`${code}: write`), { code, syscall: 'write' });
      };
      return Object.assign(file, { appendFile });
    },
  };
  return disk;
}
