/** One very long session: how long it takes to show its end and the older rows, and the memory for it. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { turnLines } from './records.ts';

const CWD = '/project';

/** Each measurement runs in a separate process, so that its peak is its own. */
export async function measureLong(folder: string, megabytes: number) {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'long.jsonl');
  await writeLong(path, megabytes * 1e6);
  const run = async (mode: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '..', 'sessions-open.ts'), mode, path, CWD], {
      maxBuffer: 1e7,
    });
    return JSON.parse(stdout) as Record<string, number>; // the output of our own program
  };
  const [idle, opened, scrolled, appended] = [await run('idle'), await run('open'), await run('scroll'), await run('append')];
  const { size } = await stat(path);
  return { megabytes: Math.round(size / 1e6), idle, opened, scrolled, appended };
}

async function writeLong(path: string, bytes: number): Promise<void> {
  const out = createWriteStream(path, { mode: 0o600 });
  for (let turn = 0, written = 0; written < bytes; turn += 1) {
    const text = `${turnLines({ turn, cwd: CWD, outputChars: 20_000 }).join('\n')}\n`;
    written += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
