import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../lib/regular-file.ts';

const FILES = ['.qwen/settings.json', '.qwen/.env', '.env', '.mcp.json', 'QWEN.md', 'AGENTS.md'];
const FOLDERS = ['.qwen/agents', '.qwen/commands', '.qwen/skills', '.qwen/hooks'];

/**
 * What a folder would add if it were trusted: relative paths, with the number of entries of a folder. Unreadable entries are left
 * out; the list only explains the question.
 */
export async function listProjectFiles(root: string): Promise<string[]> {
  const files = await Promise.all(FILES.map(async (path) => ((await isFile(join(root, path))) ? [path] : [])));
  const folders = await Promise.all(
    FOLDERS.map(async (path) => {
      const entries = await readdir(join(root, path)).catch(() => []);
      return entries.length === 0 ? [] : [`${path}/ (${entries.length})`];
    }),
  );
  return [...files.flat(), ...(await notableSettings(root)), ...folders.flat()];
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}

/** The parts of a settings file that run programs or name servers get a line of their own. */
async function notableSettings(root: string): Promise<string[]> {
  const text = String(await readRegularFile(join(root, '.qwen', 'settings.json')).catch(() => ''));
  return [
    ...(/"hooks"\s*:/.test(text) ? ['.qwen/settings.json: hooks'] : []),
    ...(/"mcpServers"\s*:/.test(text) ? ['.qwen/settings.json: MCP servers'] : []),
    ...(/"modelProviders"\s*:/.test(text) ? ['.qwen/settings.json: model providers'] : []),
  ];
}
