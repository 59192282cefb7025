import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readMcpConfigs } from './mcp-config.ts';

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-mcp-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'servers.json');
  writeFileSync(path, text);
  return path;
}

test('servers come from files and from JSON, with and without the `mcpServers` key around them; later ones override earlier ones', async () => {
  const file = fileOf('\uFEFF{"mcpServers": {"a": {"command": "one"}, "b": {"url": "http://h"}}}');
  expect(await readMcpConfigs([file, ' {"a": {"command": "two"}}'])).toEqual({ a: { command: 'two' }, b: { url: 'http://h' } });
});

test.each([
  ['{"mcpServers": {"a": "npx secret-canary"}}', 'the server a must be an object'],
  ['{"mcpServers": ["secret-canary"]}', 'must be a JSON object'],
  ['{"a": {"command": "secret-canary"}', 'must be a JSON object'],
  ['nowhere.json', 'nowhere.json is not there'],
])('%s is refused without quoting its contents', async (given, mention) => {
  const problem = await readMcpConfigs([given]);
  expect(problem).toEqual(expect.stringContaining(mention));
  expect(problem).not.toContain('canary');
});

test('a file that is not JSON is named', async () => {
  const file = fileOf('mcpServers: secret-canary');
  expect(await readMcpConfigs([file])).toMatch(/servers\.json is not valid/);
});
