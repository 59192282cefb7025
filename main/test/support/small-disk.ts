import { type FileHandle, open } from 'node:fs/promises';

/** Real files on a disk that becomes full. The test may change its fields. */
export interface SmallDisk {
  bytesLeft: number;
  /** One write accepts no more, and reports it. */
  bytesPerWrite: number;
  /** The error of a write beyond that. */
  code: 'ENOSPC' | 'EDQUOT';
  /** Another program's write directly after ours. */
  others: string;
  openFile(path: string, flags: number, mode: number): Promise<FileHandle>;
}

/** Like the system, it writes what fits of an append and then fails, with an error that names no path. */
export function createSmallDisk(): SmallDisk {
  const disk: SmallDisk = {
    bytesLeft: Number.POSITIVE_INFINITY,
    bytesPerWrite: Number.POSITIVE_INFINITY,
    code: 'ENOSPC',
    others: '',
    async openFile(path, flags, mode) {
      const file = await open(path, flags, mode);
      const writev: FileHandle['writev'] = async (buffers) => {
        const all = buffers.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
        const bytes = Buffer.concat(all).subarray(0, disk.bytesPerWrite);
        const fitting = bytes.subarray(0, Math.min(bytes.length, disk.bytesLeft));
        if (fitting.length > 0) await file.write(fitting);
        if (disk.others !== '') await file.write(disk.others);
        const { code } = disk;
        if (fitting.length < bytes.length) throw Object.assign(new Error(`${code}: write`), { code, syscall: 'write' });
        return { bytesWritten: bytes.length, buffers };
      };
      return Object.assign(file, { writev });
    },
  };
  return disk;
}
