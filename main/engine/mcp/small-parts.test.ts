import { expect, test } from 'vitest';
import { findReferences, offeredReferences } from './references.ts';
import { isSwitchedOn, toServerConfig, getTarget } from './server-config.ts';
import { createStderrTail } from './stderr-tail.ts';
import { listedTool, plainText } from './tool-listing.ts';
import { serverParts, toolNames } from './tool-names.ts';

const config = (value: Record<string, unknown>, isTrusted = true) =>
  toServerConfig({ name: 'a', scope: 'user', value }, { root: '/project', isTrusted, toolIdleMs: 300_000 });

test('names contain only what every protocol accepts, are bounded, and stay distinct', () => {
  const names = toolNames('files', ['read', 'read file', 'read/file', 'x'.repeat(80), 'x'.repeat(81)]);
  expect(new Set(names.values()).size).toBe(5);
  for (const name of names.values()) expect(name).toMatch(/^mcp__files__[A-Za-z0-9_-]{1,52}$/);
  expect(names.get('read')).toBe('mcp__files__read');
});

test('no server can use the name of another server’s tool', () => {
  const parts = serverParts(['a', 'a__b', 'a b', 'a_b', '__', 'ä']);
  expect(new Set(parts.values()).size).toBe(6);
  for (const part of parts.values()) expect(part).not.toMatch(/__|^_|_$/);
  const all = [...parts.values()].flatMap((part) => [...toolNames(part, ['c', 'b__c', '_c']).values()]);
  expect(new Set(all).size).toBe(all.length);
});

test('references name existing servers, and lose the punctuation of the sentence', () => {
  const found = findReferences('See @docs:demo://a/b?c=1, (@docs:x\\ y) @docs2:z. me@docs:no @other:no @docs:', ['docs', 'docs2']);
  expect(found.map(({ server, uri }) => [server, uri])).toEqual([
    ['docs', 'demo://a/b?c=1'],
    ['docs', 'x y'],
    ['docs2', 'z'],
  ]);
});

test('resources are offered by server, uri or name, prefix matches first', () => {
  const resource = (server: string, uri: string, name = '') => ({ server, uri, name });
  const all = [resource('wiki', 'doc://docs/a'), resource('docs', 'demo://b'), resource('x', 'y://1', 'The docs'), resource('x', 'y://2')];
  expect(offeredReferences(all, 'docs')).toEqual(['docs:demo://b', 'wiki:doc://docs/a', 'x:y://1']);
  expect([offeredReferences(all, 'd'), offeredReferences(all, 'x:Y')]).toEqual([[], ['x:y://1', 'x:y://2']]);
  expect(
    offeredReferences(
      Array.from({ length: 50 }, (_, at) => resource('many', `u://${at}`)),
      'many',
    ),
  ).toHaveLength(8);
});

test('trust counts only in a trusted folder', () => {
  expect(config({ command: 'x', trust: true }).isTrusted).toBe(true);
  expect(config({ command: 'x', trust: true }, false).isTrusted).toBe(false);
  expect(config({ command: 'x', trust: 'true' }).isTrusted).toBe(false);
});

test('the transport is that of the first address, with the timeouts of its kind', () => {
  expect(config({ command: 'x', cwd: 'sub', env: { A: 1 } })).toMatchObject({
    transport: { kind: 'stdio', command: 'x', args: [], cwd: '/project/sub', env: { A: '1' } },
    discoveryMs: 30_000,
    callMs: 600_000,
  });
  expect(config({ httpUrl: 'https://a.example/mcp', url: 'https://b.example' })).toMatchObject({
    transport: { kind: 'http' },
    discoveryMs: 5_000,
  });
  expect(config({ url: 'https://b.example/sse', timeout: 7 })).toMatchObject({ transport: { kind: 'sse' }, callMs: 7 });
  expect(getTarget(config({ httpUrl: 'https://user:secret@a.example/mcp?key=secret' }))).toBe('https://a.example/mcp');
});

test.each([
  [{}, 'no command'],
  [{ httpUrl: 'file:///etc/passwd' }, 'not an http'],
  [{ httpUrl: 'https://a.example', headers: { Authorization: 'Bearer ${NOT_SET}' } }, 'header Authorization'],
])('settings %j are refused', (value, problem) => {
  expect(config(value).transport).toMatchObject({ kind: 'invalid', problem: expect.stringContaining(problem) });
});

test('text of a server loses invisible characters', () => {
  expect(plainText('a\u200bb\u202ec\u{e0041}\u001b[31m\ud800d\ufe0f', 100)).toBe('abc[31md');
  expect(plainText('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(listedTool({ name: 5 })).toBeUndefined();
  expect(listedTool({ name: 'a', inputSchema: 'none' })).toMatchObject({ parameters: { type: 'object', properties: {} } });
  const { parameters = {} } = listedTool(JSON.parse('{"name":"a","inputSchema":{"properties":{"__proto__":{"polluted":1}}}}')) ?? {};
  expect(Object.keys(parameters['properties'] ?? {})).toEqual([]);
});

test('text inside a schema loses invisible characters, too', () => {
  const property = { type: 'string', description: 'run\u202e\u200b this', enum: ['a\u{e0041}b'] };
  const listed = listedTool({ name: 'a', inputSchema: { type: 'object', properties: { text: property } } });
  expect(listed?.parameters['properties']).toEqual({ text: { type: 'string', description: 'run this', enum: ['ab'] } });
});

test('the last lines of a server’s output are kept, and its secrets are masked', () => {
  const logged: string[] = [];
  const tail = createStderrTail(['sekret-1234'], (line) => logged.push(line));
  tail.push(Buffer.from(`${Array.from({ length: 1_000 }, (_, at) => `line ${at}`).join('\n')}\nkey sekret-`));
  tail.push(Buffer.from('1234 end'));
  expect(tail.lines().at(-1)).toBe('key [redacted] end');
  expect(tail.lines()).toHaveLength(12);
  expect(logged).toHaveLength(200);
});

test('servers are enabled and disabled by name or by pattern; exclusion takes precedence', () => {
  const on = (name: string, allowed: string[] | undefined, excluded: string[] = []) => isSwitchedOn(name, { allowed, excluded });
  expect([on('a', undefined), on('a', ['a']), on('a', ['b']), on('a', undefined, ['a'])]).toEqual([true, true, false, false]);
  expect([on('my-docs', ['my-*']), on('docs', ['my-*']), on('my-docs', ['my-*'], ['*-docs']), on('s1', ['s?'])]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect(on('a*', undefined, ['a'])).toBe(true);
});
