import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withHomeRedirects } from './home-redirects.ts';

function homeWith(files: Readonly<Record<string, string>>): string {
  const home = mkdtempSync(join(tmpdir(), 'gantry-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, '..'), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return home;
}

test('the user’s own .env files may move settings and sessions, and nothing else', () => {
  const home = homeWith({ '.qwen/.env': 'QWEN_RUNTIME_DIR=/run\nPATH=/evil\n', '.env': 'QWEN_RUNTIME_DIR=/other\nQWEN_HOME=/q\n' });
  expect(withHomeRedirects({ A: '1' }, home)).toEqual({ A: '1', QWEN_RUNTIME_DIR: '/run', QWEN_HOME: '/q' });
});

test('variables of the process stay, and then only that folder is read', () => {
  const home = homeWith({ 'q/.env': 'QWEN_RUNTIME_DIR=/mine', '.qwen/.env': 'QWEN_RUNTIME_DIR=/run' });
  const given = { QWEN_HOME: join(home, 'q') };
  expect(withHomeRedirects(given, home)).toEqual({ ...given, QWEN_RUNTIME_DIR: '/mine' });
  expect(withHomeRedirects({ ...given, QWEN_RUNTIME_DIR: '/given' }, home)).toEqual({ ...given, QWEN_RUNTIME_DIR: '/given' });
});
