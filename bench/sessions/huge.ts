/** Lines that are too long for memory: an answer of 50 MB and a line of 60 MB, opened, searched and exported. */
import { execFile } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CWD = '/project';
const TEXT = 'A line of the long answer, with some words in it.\\n'.repeat(1000);

/** Each measurement runs in a separate process, so that its peak is its own. Units: ms, megabytes. */
export async function measureHuge(folder: string) {
  await mkdir(folder, { recursive: true });
  const measured: Record<string, Record<string, number>> = {};
  for (const megabytes of [50, 60]) {
    const path = join(folder, `${megabytes}.jsonl`);
    await writeHuge(path, megabytes * 1e6);
    for (const mode of ['open', 'search', 'export']) {
      const args = [join(import.meta.dirname, '..', 'sessions-open.ts'), mode, path, CWD];
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e7 });
      measured[`${megabytes} MB, ${mode}`] = JSON.parse(stdout) as Record<string, number>; // the output of our own program
    }
  }
  return measured;
}

async function writeHuge(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w', 0o600);
  const record = (uuid: string, parentUuid: string | null, type: string, text: string) =>
    `{"message":{"parts":[{"text":"${text}"}],"role":"${type === 'user' ? 'user' : 'model'}"},"cwd":"${CWD}","timestamp":"2026-01-01T00:00:00.000Z","type":"${type}","uuid":"${uuid}","parentUuid":${JSON.stringify(parentUuid)}}`;
  const [head = '', tail = ''] = record('a1', 'u1', 'assistant', '|').split('|');
  await file.appendFile(`${record('u1', null, 'user', 'Begin')}\n${head}`);
  for (let written = 0; written < bytes; written += TEXT.length) await file.appendFile(TEXT);
  await file.appendFile(`The needle is the end.${tail}\n${record('u2', 'a1', 'user', 'Thank you')}\n`);
  await file.close();
}
