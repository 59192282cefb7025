import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTask } from '../../test/support/tool-workspace.ts';
import { createStatusFile } from './status-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-status-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the file is private, is replaced as a whole and in order, and has the running status and the three final ones', async () => {
  const path = join(folder, 'deep', 'shell-bg_00000001.status');
  const file = createStatusFile(path, (error) => expect.unreachable(String(error)));
  for (const status of ['starting', 'running', 'stopping'] as const) file.write(makeTask({ status }), 1000);
  await file.settled();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ id: 'bg_00000001', status: 'running', command: 'make all' });
  file.write(makeTask({ status: 'failed', error: 'Exited with code 2' }), 2000);
  await file.settled();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ status: 'failed', error: 'Exited with code 2' });
  expect(readdirSync(join(folder, 'deep'))).toEqual(['shell-bg_00000001.status']);
  if (process.platform !== 'win32') {
    expect([path, join(folder, 'deep')].map((each) => (statSync(each).mode & 0o777).toString(8))).toEqual(['600', '700']);
  }
});

test('a file that cannot be written is reported once, and the task continues', async () => {
  writeFileSync(join(folder, 'file'), '');
  const errors: unknown[] = [];
  const file = createStatusFile(join(folder, 'file', 'x.status'), (error) => errors.push(error));
  for (let i = 0; i < 3; i += 1) file.write(makeTask(), i);
  await file.settled();
  expect(errors).toHaveLength(1);
});
