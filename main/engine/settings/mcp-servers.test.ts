import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasMcpServer, mcpServerEdits, listMcpServers } from './mcp-servers.ts';
import { createTestMachine, openTestSettings } from './settings.fixture.ts';

test('the effective servers are listed with their scope, without arguments, variables, headers and query', async () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    mcpServers: {
      web: { httpUrl: 'https://user:secret@h.test/mcp?key=secret', headers: { Authorization: 'secret' } },
      files: { command: 'npx', args: ['--token', 'secret'], env: { TOKEN: 'secret' } },
      odd: 7,
    },
  });
  const root = join(machine.folder, 'project');
  machine.write(join(root, '.qwen', 'settings.json'), { mcpServers: { events: { url: 'http://127.0.0.1:1/sse' } } });
  const { settings } = openTestSettings(machine);
  const listed = listMcpServers(await settings.read({ root, cwd: root, trusted: true }));
  expect(listed).toEqual([
    { name: 'events', scope: 'project', transport: 'sse', target: 'http://127.0.0.1:1/sse' },
    { name: 'files', scope: 'user', transport: 'stdio', target: 'npx' },
    { name: 'odd', scope: 'user', transport: 'unknown', target: '' },
    { name: 'web', scope: 'user', transport: 'http', target: 'https://h.test/mcp' },
  ]);
  expect(JSON.stringify(listed)).not.toContain('secret');
  const untrusted = listMcpServers(await settings.read({ root, cwd: root, trusted: false }));
  expect(untrusted.map(({ name }) => name)).toEqual(['files', 'odd', 'web']);
});

test("a server is added to the folder's own file and removed again, with everything else unchanged", async () => {
  const machine = createTestMachine();
  const root = join(machine.folder, 'project');
  const text = '{\n  // mine\n  "mcpServers": {\n    "old": { "command": "x" } // keep\n  },\n  "unknown": [1]\n}\n';
  const path = machine.write(join(root, '.qwen', 'settings.json'), text);
  const { settings } = openTestSettings(machine);
  await settings.editProject(root, (current) => mcpServerEdits(current, 'new', { command: 'y', args: ['z'] }));
  const written = readFileSync(path, 'utf8');
  expect(written).toContain('// mine');
  expect(written).toContain('"old": { "command": "x" }, // keep');
  expect(written).toMatch(/"new": \{\s*"command": "y",\s*"args": \[\s*"z"\s*\]\s*\}/);
  await settings.editProject(root, (current) => mcpServerEdits(current, 'new', undefined));
  const { mcpServers } = (await settings.read({ root, cwd: root, trusted: true })).all as { mcpServers: object }; // written above
  expect(mcpServers).toEqual({ old: { command: 'x' } });
  expect(readFileSync(path, 'utf8')).toContain('// mine');
});

test('removing a missing server changes nothing', () => {
  expect(mcpServerEdits({}, 'x', undefined)).toEqual([]);
  expect([
    hasMcpServer({ mcpServers: { x: {} } }, 'x'),
    hasMcpServer({ mcpServers: { x: {} } }, 'constructor'),
    hasMcpServer({}, 'x'),
  ]).toEqual([true, false, false]);
});
