import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readAllFiles } from './all-files.ts';

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

test('text files are joined in the order of their paths; binary, hidden, key files and node_modules are omitted', async () => {
  const folder = folderWith({
    'src/b.ts': 'b\n',
    'a.md': 'no end',
    '.env': 'SECRET=1',
    '.github/x.yml': 'x',
    'deploy/id_rsa': 'KEY',
    'deploy/server.pem': 'KEY',
    'picture.png': Buffer.from([137, 80, 0, 1]),
    'node_modules/x/index.js': 'x',
  });
  symlinkSync('/etc/hostname', join(folder, 'link.txt'));
  expect(await readAllFiles(folder)).toEqual({ kind: 'text', text: '--- a.md ---\nno end\n\n--- src/b.ts ---\nb\n', files: 2 });
});

test('in a repository git determines the ignored files', async () => {
  const folder = folderWith({ '.gitignore': 'dist/\n', 'kept.txt': 'kept\n', 'dist/made.txt': 'made\n' });
  execFileSync('git', ['init', '-q'], { cwd: folder });
  expect(await readAllFiles(folder)).toEqual({ kind: 'text', text: '--- kept.txt ---\nkept\n', files: 1 });
});

test('the limit counts all files together', async () => {
  const folder = folderWith({ 'a.txt': 'x'.repeat(40), 'b.txt': 'y'.repeat(40) });
  expect(await readAllFiles(folder, 80)).toEqual({ kind: 'too_large', limitBytes: 80 });
  expect(await readAllFiles(folder, 1000)).toMatchObject({ kind: 'text', files: 2 });
});
