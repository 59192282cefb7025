/** Flags of Qwen Code as a script uses them: the command line as a process. Source: docs/formats.md 3.1. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import { expect, test } from 'vitest';
import { callThenSay, setUp } from './cli.fixture.ts';

const toolsOf = (request: ChatCompletionRequest | undefined) => request?.tools?.map((tool) => tool.function.name) ?? [];

test('a flag overrides the settings for this run', async () => {
  const { run, requests } = await setUp();
  expect((await run(['--core-tools', 'glob,edit', '--exclude-tools', 'edit', '--channel', 'SDK', 'hi'])).code).toBe(0);
  expect(toolsOf(requests[0])).toEqual(['glob']);
  expect((await run(['hi'])).code).toBe(0);
  expect(toolsOf(requests[1])).toContain('edit');
});

test('--auth-type uses only models of that protocol, with the given key and address', async () => {
  const { run, requests, url } = await setUp();
  const flags = ['--auth-type', 'anthropic', '-m', 'claude-test', '--openai-api-key', 'sk-given', '--openai-base-url', url];
  expect(await run([...flags, 'hi'])).toMatchObject({ code: 0, out: 'Hello there.\n' });
  expect(requests[0]?.model).toBe('claude-test');
  const none = await run(['--auth-type', 'gemini', 'hi']);
  expect([none.code, none.err]).toEqual([52, expect.stringContaining('GEMINI_API_KEY')]);
});

test('--mcp-config adds servers for this run', async () => {
  const { run, requests } = await setUp(callThenSay('mcp__more__echo', { message: 'ping' }));
  const server = join(
    dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json')),
    'dist',
    'index.js',
  );
  const config = JSON.stringify({ mcpServers: { more: { command: process.execPath, args: [server] } } });
  expect(await run(['--mcp-config', config, '--allowed-tools', 'mcp__more__echo', 'hi'])).toMatchObject({ code: 0, out: 'Done.\n' });
  expect(JSON.stringify(requests[1]?.messages)).toContain('Echo: ping');
  expect(await run(['--mcp-config', 'nowhere.json', 'hi'])).toMatchObject({ code: 52, out: '' });
});

test('--max-wall-time stops a turn and its commands with 55', async () => {
  const { run } = await setUp(callThenSay('run_shell_command', { command: 'sleep 60' }));
  const ended = await run(['--max-wall-time', '800ms', '-y', 'hi']);
  expect(ended).toMatchObject({
    code: 55,
    out: '',
    err: expect.stringMatching(/^Run aborted: wall-time budget of 0\.8s exceeded \(--max-wall-time\); observed/),
  });
});

test('--chat-recording false leaves no session behind', async () => {
  const { run, home } = await setUp();
  expect((await run(['--chat-recording', 'false', 'hi'])).code).toBe(0);
  expect(readdirSync(join(home, '.qwen'), { recursive: true }).filter((path) => String(path).endsWith('.jsonl'))).toEqual([]);
});

test.skipIf(process.platform !== 'linux')("no key that a flag holds is in the process's own command line", async () => {
  let seen = '';
  const { run } = await setUp(() => {
    const mine = readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(process.pid);
      } catch {
        return false; // it ended during the search
      }
    });
    seen += mine.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1')).join('\n');
    return { content: 'Hello.' };
  });
  const servers = JSON.stringify({ mcpServers: { a: { httpUrl: 'http://127.0.0.1:9/', headers: { authorization: 'hidden-canary' } } } });
  const args = ['-p', 'hi', '--auth-type', 'openai', '--openai-api-key', 'sk-hidden-canary', '--mcp-config', servers];
  expect(await run(args)).toMatchObject({ code: 0 });
  expect(seen).toContain('gantry');
  expect(seen).not.toContain('hidden-canary');
});
