import { expect, test } from 'vitest';
import { parseCommandLine } from './args.ts';

const add = (name: string, server: object, scope = 'user') => ({ kind: 'mcp', action: 'add', name, scope, server });

test.each<[string[], object]>([
  [['list'], { kind: 'mcp', action: 'list', json: false, status: false }],
  [['list', '--json'], { kind: 'mcp', action: 'list', json: true, status: false }],
  [['list', '--status'], { kind: 'mcp', action: 'list', json: false, status: true }],
  [['remove', 'files'], { kind: 'mcp', action: 'remove', name: 'files', scope: 'user' }],
  [['remove', 'files', '-s', 'project'], { kind: 'mcp', action: 'remove', name: 'files', scope: 'project' }],
  [['auth', 'web'], { kind: 'mcp', action: 'auth', name: 'web', signOut: false }],
  [['auth', '--sign-out', 'web'], { kind: 'mcp', action: 'auth', name: 'web', signOut: true }],
  [['add', 'files', 'npx', '-y', 'server', '--root', '.'], add('files', { command: 'npx', args: ['-y', 'server', '--root', '.'] })],
  [['add', 'foo', 'node', 's.js', '-s', 'project'], add('foo', { command: 'node', args: ['s.js'] }, 'project')],
  [
    ['add', 'foo', 'node', '--inspect', 's.js', '-stdio', '--trust', '-e', 'A=b', '--help', '--scope=project'],
    add('foo', { command: 'node', args: ['--inspect', 's.js', '-stdio', '--help'], env: { A: 'b' }, trust: true }, 'project'),
  ],
  [
    ['add', 'foo', 'docker', '--', 'run', '-e', 'X=1', '-s', 'user'],
    add('foo', { command: 'docker', args: ['run', '-e', 'X=1', '-s', 'user'] }),
  ],
  [['add', 'files', '--', 'npx', '-y'], add('files', { command: 'npx', args: ['-y'] })],
  [['add', '-s', 'project', '-e', 'A=b=c', '-e', 'D=', 'x', 'cmd'], add('x', { command: 'cmd', env: { A: 'b=c', D: '' } }, 'project')],
  [
    ['add', '--timeout', '5000', '--trust', '--description', 'd', '--include-tools', 'a,b', '--exclude-tools', 'c', 'x', 'cmd'],
    add('x', { command: 'cmd', timeout: 5000, trust: true, description: 'd', includeTools: ['a', 'b'], excludeTools: ['c'] }),
  ],
  [
    ['add', '-H', 'Authorization: Bearer x:y', 'web', 'https://h/mcp'],
    add('web', { httpUrl: 'https://h/mcp', headers: { Authorization: 'Bearer x:y' } }),
  ],
  [['add', '-t', 'sse', 'web', 'https://h/sse'], add('web', { url: 'https://h/sse' })],
])('mcp %j is understood', (argv, expected) => {
  expect(parseCommandLine(['mcp', ...argv])).toEqual(expected);
});

test.each<[string[], string]>([
  [[], 'list, add, remove, auth'],
  [['auth'], 'Usage: gantry mcp auth'],
  [['lst'], 'Did you mean list?'],
  [['list', 'x'], 'Usage: gantry mcp list'],
  [['remove'], 'Usage: gantry mcp remove'],
  [['add', 'x'], 'Usage: gantry mcp add'],
  [['add', 'a/b', 'cmd'], '"a/b"'],
  [['add', '-s', 'system', 'x', 'cmd'], '--scope'],
  [['add', '-t', 'pipe', 'x', 'cmd'], '--transport'],
  [['add', '-e', 'novalue', 'x', 'cmd'], 'KEY=value'],
  [['add', '-H', 'A: b', 'x', 'cmd'], '--header'],
  [['add', '-e', 'A=b', 'x', 'https://h'], '--env'],
  [['add', '-t', 'http', 'x', 'cmd'], 'an address'],
  [['add', 'x', 'https://h', 'more'], 'no arguments'],
  [['add', '--scop', 'user', 'x', 'cmd'], 'Did you mean --scope?'],
])('mcp %j is refused with a message that contains %s', (argv, mention) => {
  expect(parseCommandLine(['mcp', ...argv])).toMatchObject({ kind: 'refused', message: expect.stringContaining(mention) });
});

test('both positions of --help request the help', () => {
  expect(parseCommandLine(['mcp', '--help'])).toEqual({ kind: 'help' });
  expect(parseCommandLine(['mcp', 'add', '-h'])).toEqual({ kind: 'help' });
});
