/** `gantry mcp`: servers in the settings files, edited in place. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type CliRig, startCliRig } from './cli-rig.ts';

let rig: CliRig;
test.beforeEach(async () => {
  rig = await startCliRig();
});
test.afterEach(() => rig.close());

test('a server is added, listed with transport and scope, replaced and removed; comments are kept', async () => {
  const path = join(rig.home, '.qwen', 'settings.json');
  const before = await readFile(path, 'utf8');
  await writeFile(path, before.replace('{', '{\n  // my own words\n  '));
  expect(await rig.run(['mcp', 'list'])).toMatchObject({ code: 0, out: expect.stringContaining('No MCP servers') });
  expect(await rig.run(['mcp', 'add', '-e', 'TOKEN=secret', 'files', 'npx', '-y', 'server'])).toMatchObject({
    code: 0,
    out: 'Added the server files in the user settings.\n',
  });
  expect((await rig.run(['mcp', 'add', 'files', 'node', 'server.js'])).out).toBe('Replaced the server files in the user settings.\n');
  expect((await rig.run(['mcp', 'add', '-H', 'Key: secret', 'web', 'https://h.test/mcp?key=secret'])).code).toBe(0);
  const listed = await rig.run(['mcp', 'list']);
  expect(listed).toMatchObject({ code: 0, out: 'files  stdio  user  node\nweb    http   user  https://h.test/mcp\n' });
  const written = await readFile(path, 'utf8');
  expect(written).toContain('// my own words');
  expect(written).toContain('"scripted"');
  expect((await rig.run(['mcp', 'remove', 'files'])).out).toBe('Removed the server files from the user settings.\n');
  expect(await rig.run(['mcp', 'remove', 'files'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--scope project') });
  expect(JSON.parse((await rig.run(['mcp', 'list', '--json'])).out)).toEqual([
    { name: 'web', scope: 'user', transport: 'http', target: 'https://h.test/mcp' },
  ]);
});

test("the folder's own file is used with --scope project, and only in a trusted folder", async () => {
  await mkdir(join(rig.project, '.qwen'));
  expect(await rig.run(['mcp', 'add', '--scope', 'project', 'here', 'cmd'])).toMatchObject({
    code: 0,
    err: expect.stringContaining('not trusted'),
  });
  expect(JSON.parse(await readFile(join(rig.project, '.qwen', 'settings.json'), 'utf8'))).toMatchObject({
    mcpServers: { here: { command: 'cmd' } },
  });
  expect((await rig.run(['mcp', 'list', '--json'])).out).toBe('[]\n');
  await rig.run(['--trust', 'hi']);
  expect(JSON.parse((await rig.run(['mcp', 'list', '--json'])).out)).toMatchObject([{ name: 'here', scope: 'project' }]);
});

test('a broken settings file is left unchanged, and the position of the error is reported', async () => {
  const path = join(rig.home, '.qwen', 'settings.json');
  await writeFile(path, '{\n  "model": oops\n}\n');
  expect(await rig.run(['mcp', 'add', 'x', 'cmd'])).toMatchObject({ code: 52, err: expect.stringMatching(/line 2, column \d+/) });
  expect(await readFile(path, 'utf8')).toBe('{\n  "model": oops\n}\n');
});
