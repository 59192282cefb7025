import { expect, test } from 'vitest';
import type { ApprovalMode, ToolKind } from '../../../preload/contract/index.ts';
import { decideApproval, grantFor, type PolicyQuestion } from './approval-policy.ts';
import { parseRules, type PermissionLists } from './permission-rules.ts';
import { judgePath } from './protected-paths.ts';
import { loadShellGrammar } from './shell/shell-grammar.ts';
import { judgeShell } from './shell/shell-judge.ts';

const ROOT = '/srv/project';
const parse = await loadShellGrammar();
const rulesOf = (lists: Partial<PermissionLists> = {}) => parseRules({ allow: [], ask: [], deny: [], ...lists });

/** A command with its facts, nothing of it looked up. */
function shell(command: string, given: Partial<PolicyQuestion> = {}): PolicyQuestion {
  const { parts, gitFolders: _folders, ...rest } = judgeShell(command, parse, { cwd: ROOT, home: '/home/me' });
  const facts = {
    ...rest,
    gitRuns: undefined,
    parts: parts.map((part) => ({ ...part, touches: part.touches.map(({ path, ...touch }) => ({ ...touch, facts: at(path) })) })),
  };
  return question('shell', { toolName: 'run_shell_command', command, shell: facts, ...given });
}
const at = (path: string) => judgePath(path, path, [ROOT]);

function question(toolKind: ToolKind, given: Partial<PolicyQuestion> = {}): PolicyQuestion {
  const shell = toolKind === 'shell' ? { command: 'npm test', cwd: at(ROOT) } : {};
  return {
    mode: 'default',
    toolName: `${toolKind}_tool`,
    toolKind,
    touches: [],
    grants: new Set(),
    unattended: false,
    rules: rulesOf(),
    place: { root: ROOT, home: '/home/me' },
    ...shell,
    ...given,
  };
}

const MODES: readonly ApprovalMode[] = ['plan', 'default', 'auto-edit', 'yolo'];
const inside = [at(`${ROOT}/src/a.ts`)];
const outside = [at('/etc/hosts')];
const secret = [at(`${ROOT}/.env`)];
const guarded = [at(`${ROOT}/.git/config`)];

/** In the order of MODES. */
const TABLE: readonly (readonly [string, PolicyQuestion, readonly string[]])[] = [
  ['a read inside', question('read', { touches: inside }), ['allow', 'allow', 'allow', 'allow']],
  ['a read outside', question('read', { touches: outside }), ['ask', 'ask', 'ask', 'allow']],
  ['a read of a secret', question('read', { touches: secret }), ['ask', 'ask', 'ask', 'allow']],
  ['a read below .git', question('read', { touches: guarded }), ['allow', 'allow', 'allow', 'allow']],
  ['a search inside', question('search', { touches: [at(ROOT)] }), ['allow', 'allow', 'allow', 'allow']],
  ['an edit inside', question('edit', { touches: inside }), ['deny', 'ask', 'allow', 'allow']],
  ['an edit outside', question('edit', { touches: outside }), ['deny', 'ask', 'ask', 'allow']],
  ['an edit of a secret', question('edit', { touches: secret }), ['deny', 'ask', 'ask', 'allow']],
  ['an edit below .git', question('edit', { touches: guarded }), ['deny', 'ask', 'ask', 'allow']],
  ['a command', question('shell'), ['deny', 'ask', 'ask', 'allow']],
  ['a look at a task', question('task'), ['allow', 'allow', 'allow', 'allow']],
  ['the plan', question('plan'), ['allow', 'allow', 'allow', 'allow']],
  ['another tool', question('other'), ['ask', 'ask', 'ask', 'allow']],
  ['a tool the user trusts', question('other', { isTrusted: true }), ['ask', 'allow', 'allow', 'allow']],
];

test.each(TABLE.flatMap(([name, asked, answers]) => MODES.map((mode, column) => ({ name, asked, mode, answer: answers[column] }))))(
  '$name in $mode: $answer',
  ({ asked, mode, answer }) => {
    expect(decideApproval({ ...asked, mode }).kind).toBe(answer);
  },
);

test('where nobody is there a question is a refusal that names the flags', () => {
  const answer = decideApproval(question('shell', { unattended: true }));
  expect(answer).toEqual({ kind: 'deny', reason: expect.stringContaining('--allowed-tools') });
  expect(decideApproval(question('read', { touches: inside, unattended: true })).kind).toBe('allow');
});

test('a granted command runs only as it was and where it was', () => {
  const grants = new Set([grantFor(question('shell')) ?? '']);
  expect(decideApproval(question('shell', { grants })).kind).toBe('allow');
  expect(decideApproval(question('shell', { grants, command: 'npm test && rm -rf /' })).kind).toBe('ask');
  expect(decideApproval(question('shell', { grants, cwd: at(`${ROOT}/sub`) })).kind).toBe('ask');
});

test('granted edits cover the workspace, not what is outside or protected', () => {
  const grants = new Set([grantFor(question('edit', { touches: inside })) ?? '']);
  expect(decideApproval(question('edit', { grants, touches: [at(`${ROOT}/b.ts`)] })).kind).toBe('allow');
  expect(decideApproval(question('edit', { grants, touches: outside })).kind).toBe('ask');
  expect(decideApproval(question('edit', { grants, touches: guarded })).kind).toBe('ask');
  expect(decideApproval(question('edit', { grants, touches: secret })).kind).toBe('ask');
});

test('nothing is granted for protected files', () => {
  expect(grantFor(question('edit', { touches: guarded }))).toBeUndefined();
  expect(grantFor(question('read', { touches: secret }))).toBeUndefined();
});

test('a granted read outside covers that very path', () => {
  const grants = new Set([grantFor(question('read', { touches: outside })) ?? '']);
  expect(decideApproval(question('read', { grants, touches: outside })).kind).toBe('allow');
  expect(decideApproval(question('read', { grants, touches: [at('/etc/passwd')] })).kind).toBe('ask');
});

test.each([
  ['run_shell_command', 'anything; at all', 'allow'],
  ['Bash', 'npm test', 'allow'],
  ['Bash(npm test)', 'npm test', 'allow'],
  ['Bash(npm test)', 'npm test -- --all', 'ask'],
  ['Bash(git:*)', 'git status', 'allow'],
  ['Bash(git *)', 'gitk', 'ask'],
  ['Bash(git *)', 'git status; rm -rf .', 'ask'],
  ['Bash(git *)', 'git log $(rm x)', 'ask'],
  ['Bash(git *)', 'git log > /etc/x', 'ask'],
  ['read_file', 'npm test', 'ask'],
])('the rule %s that allows and the command %s: %s', (rule, command, answer) => {
  expect(decideApproval(shell(command, { rules: rulesOf({ allow: [rule] }) })).kind).toBe(answer);
});

test.each([
  ['ls -la .git', 'allow'],
  ['ls .ssh', 'allow'],
  ['cat .git/config', 'allow'],
  ['cat .ssh/config', 'ask'],
  ['touch .git/config', 'ask'],
])('protected files in the command %s: %s', (command, answer) => {
  expect(decideApproval(shell(command, { rules: rulesOf({ allow: ['Bash(touch *)'] }) })).kind).toBe(answer);
});

test('an allowed tool still asks for protected files and in plan mode changes nothing', () => {
  const allowed = { toolName: 'edit', rules: rulesOf({ allow: ['Edit'] }) };
  expect(decideApproval(question('edit', { ...allowed, touches: inside })).kind).toBe('allow');
  expect(decideApproval(question('edit', { ...allowed, touches: guarded })).kind).toBe('ask');
  expect(decideApproval(question('edit', { ...allowed, touches: inside, mode: 'plan' })).kind).toBe('deny');
});

test.each([
  ['/srv/project/.env', 'secret'],
  ['/srv/project/.env.local', 'secret'],
  ['/srv/project/.env.example', 'none'],
  ['/home/me/.ssh/config', 'secret'],
  ['/srv/project/id_ed25519', 'secret'],
  ['/srv/project/id_ed25519.pub', 'none'],
  ['/srv/project/server.pem', 'secret'],
  ['/srv/project/.GIT/hooks/pre-commit', 'guarded'],
  ['/srv/project/.qwen/settings.json', 'guarded'],
  ['/srv/project/.qwen/QWEN.local.md', 'none'],
  ['/srv/project/.github/workflows/ci.yml', 'none'],
  ['/srv/project/src/environment.ts', 'none'],
])('%s is %s', (path, protection) => {
  expect(at(path).protection).toBe(protection);
});

test('the name a file goes by can make it protected, and only the real path says where it is', () => {
  expect(judgePath('/elsewhere/secrets.txt', `${ROOT}/.env`, [ROOT])).toEqual({
    path: '/elsewhere/secrets.txt',
    calledBy: `${ROOT}/.env`,
    isInside: false,
    protection: 'secret',
  });
  expect(judgePath(`${ROOT}/.git/x`, `${ROOT}/.env`, [ROOT]).protection).toBe('secret');
  expect(judgePath(`${ROOT}-other/a.ts`, `${ROOT}-other/a.ts`, [ROOT]).isInside).toBe(false);
});
