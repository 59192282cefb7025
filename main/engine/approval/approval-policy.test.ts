import { expect, test } from 'vitest';
import type { ApprovalMode, ToolKind } from '../../../preload/contract/index.ts';
import { decideApproval, grantFor, type PolicyQuestion } from './approval-policy.ts';
import { parseRules, type PermissionLists } from './permission-rules.ts';
import { classifyPath } from './protected-paths.ts';
import { factsOf } from './shell/shell-facts.fixture.ts';

const ROOT = '/srv/project';
const toRules = (lists: Partial<PermissionLists> = {}) => parseRules({ allow: [], ask: [], deny: [], ...lists });

/** A command with its facts, without any look-ups. */
async function shell(command: string, given: Partial<PolicyQuestion> = {}): Promise<PolicyQuestion> {
  const facts = await factsOf(command, { root: ROOT, home: '/home/me' });
  return question('shell', { toolName: 'run_shell_command', command, shell: facts, ...given });
}
const at = (path: string) => classifyPath(path, path, [ROOT]);

function question(toolKind: ToolKind, given: Partial<PolicyQuestion> = {}): PolicyQuestion {
  const shell = toolKind === 'shell' ? { command: 'npm test', cwd: at(ROOT) } : {};
  return {
    mode: 'default',
    toolName: `${toolKind}_tool`,
    toolKind,
    touches: [],
    grants: new Set(),
    unattended: false,
    rules: toRules(),
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

test('an unattended run refuses instead of asking, and names the flags', () => {
  const answer = decideApproval(question('shell', { unattended: true }));
  expect(answer).toEqual({ kind: 'deny', reason: expect.stringContaining('--allowed-tools') });
  expect(decideApproval(question('read', { touches: inside, unattended: true })).kind).toBe('allow');
});

test('a granted command runs only unchanged and in the same folder', () => {
  const grants = new Set([grantFor(question('shell')) ?? '']);
  expect(decideApproval(question('shell', { grants })).kind).toBe('allow');
  expect(decideApproval(question('shell', { grants, command: 'npm test && rm -rf /' })).kind).toBe('ask');
  expect(decideApproval(question('shell', { grants, cwd: at(`${ROOT}/sub`) })).kind).toBe('ask');
});

test('granted edits cover the workspace, but no files outside it or protected ones', () => {
  const grants = new Set([grantFor(question('edit', { touches: inside })) ?? '']);
  expect(decideApproval(question('edit', { grants, touches: [at(`${ROOT}/b.ts`)] })).kind).toBe('allow');
  expect(decideApproval(question('edit', { grants, touches: outside })).kind).toBe('ask');
  expect(decideApproval(question('edit', { grants, touches: guarded })).kind).toBe('ask');
  expect(decideApproval(question('edit', { grants, touches: secret })).kind).toBe('ask');
});

test('protected files get no grant', () => {
  expect(grantFor(question('edit', { touches: guarded }))).toBeUndefined();
  expect(grantFor(question('read', { touches: secret }))).toBeUndefined();
});

test('a granted read outside the workspace covers exactly that path', () => {
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
])('the allow rule %s and the command %s: %s', async (rule, command, answer) => {
  expect(decideApproval(await shell(command, { rules: toRules({ allow: [rule] }) })).kind).toBe(answer);
});

test.each([
  ['ls -la .git', 'allow'],
  ['ls .ssh', 'allow'],
  ['cat .git/config', 'allow'],
  ['cat .ssh/config', 'ask'],
  ['touch .git/config', 'ask'],
])('protected files in the command %s: %s', async (command, answer) => {
  expect(decideApproval(await shell(command, { rules: toRules({ allow: ['Bash(touch *)'] }) })).kind).toBe(answer);
});

test('an allowed tool still needs approval for protected files, and changes nothing in plan mode', () => {
  const allowed = { toolName: 'edit', rules: toRules({ allow: ['Edit'] }) };
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
  ['/srv/project/.qwen/settings.json', 'secret'],
  ['/srv/project/.qwen/QWEN.local.md', 'guarded'],
  ['/srv/project/.github/workflows/ci.yml', 'guarded'],
  ['/srv/project/src/environment.ts', 'none'],
])('%s is %s', (path, protection) => {
  expect(at(path).protection).toBe(protection);
});

test('either name of a file can make it protected; only the real path decides where it is', () => {
  expect(classifyPath('/elsewhere/secrets.txt', `${ROOT}/.env`, [ROOT])).toEqual({
    path: '/elsewhere/secrets.txt',
    calledBy: `${ROOT}/.env`,
    isInside: false,
    protection: 'secret',
  });
  expect(classifyPath(`${ROOT}/.git/x`, `${ROOT}/.env`, [ROOT]).protection).toBe('secret');
  expect(classifyPath(`${ROOT}-other/a.ts`, `${ROOT}-other/a.ts`, [ROOT]).isInside).toBe(false);
});

test('a read granted outside the project grants neither an edit of that path nor a read of other paths', () => {
  const grants = new Set([grantFor(question('read', { touches: outside })) ?? '']);
  expect(decideApproval(question('edit', { grants, touches: outside })).kind).toBe('ask');
  expect(decideApproval(question('read', { grants, touches: [...outside, at('/etc/passwd')] })).kind).toBe('ask');
});

test('a command that touches a protected file is granted only once', async () => {
  expect(grantFor(await shell('npm test'))).toBeDefined();
  expect(grantFor(await shell('touch .git/config'))).toBeUndefined();
  expect(grantFor(await shell('rm .env'))).toBeUndefined();
});

test('yolo still asks if an ask rule matches, and refuses if a deny rule matches', async () => {
  const rules = toRules({ allow: ['Bash'], ask: ['Bash(npm publish *)'], deny: ['Bash(npm login *)'] });
  const verdict = async (command: string, given: Partial<PolicyQuestion> = {}) =>
    decideApproval(await shell(command, { rules, mode: 'yolo', ...given })).kind;
  expect(await verdict('npm test')).toBe('allow');
  expect(await verdict('npm publish --tag x')).toBe('ask');
  expect(await verdict('npm publish --tag x', { unattended: true })).toBe('deny');
  expect(await verdict('npm login')).toBe('deny');
});

test.each([
  [{ deny: ['Bash'], ask: ['Bash'], allow: ['Bash'] }, 'deny'],
  [{ ask: ['Bash'], allow: ['Bash'] }, 'ask'],
  [{ allow: ['Bash'] }, 'allow'],
])('the strictest of the rules %j decides: %s', async (lists, answer) => {
  expect(decideApproval(await shell('npm test', { rules: toRules(lists) })).kind).toBe(answer);
});

test('an ask rule applies to a trusted tool, but not to a grant of this session', () => {
  const asking = { toolName: 'mcp__a__b', rules: toRules({ ask: ['mcp__a'] }) };
  const asked = question('other', { ...asking, isTrusted: true });
  expect(decideApproval(asked).kind).toBe('ask');
  expect(decideApproval({ ...asked, grants: new Set([grantFor(asked) ?? '']) }).kind).toBe('allow');
});

test('a NUL character refuses the command in every mode', () => {
  for (const mode of MODES) {
    const rules = toRules({ allow: ['Bash'] });
    expect(decideApproval(question('shell', { command: 'npm test\0; rm x', mode, rules })).kind).toBe('deny');
  }
});

test.each([{ deny: ['Read(secrets/**)'] }, { ask: ['Read(secrets/**)'] }])(
  'reading a whole folder asks if something in it matches %j',
  async (lists) => {
    const rules = toRules(lists);
    expect(decideApproval(await shell('grep -rn key .', { rules })).kind).toBe('ask');
    expect(decideApproval(await shell('grep -rn key .', { rules, mode: 'yolo' })).kind).toBe('ask');
    expect(decideApproval(await shell('grep -rn key src', { rules })).kind).toBe('allow');
  },
);

/** The same command, with other facts about it. */
function found(asked: PolicyQuestion, other: Partial<NonNullable<PolicyQuestion['shell']>>): PolicyQuestion {
  if (asked.shell === undefined) throw new Error('the command was not classified');
  return { ...asked, shell: { ...asked.shell, ...other } };
}

test('a command whose run could not be made certain asks, unless a rule allows it', async () => {
  const answer = async (rule?: string) => {
    const { shell: facts, ...asked } = await shell('git status', { rules: toRules({ allow: rule === undefined ? [] : [rule] }) });
    if (facts === undefined) throw new Error('the command was not classified');
    const { run: _run, ...other } = facts;
    return decideApproval({ ...asked, shell: { ...other, readsOnly: false, why: 'its settings run ./x' } });
  };
  expect(decideApproval(await shell('git status')).kind).toBe('allow');
  expect(await answer()).toEqual({ kind: 'ask', reason: 'Its settings run ./x' });
  expect((await answer('Bash(ls *)')).kind).toBe('ask');
  expect(await answer('Bash(git status *)')).toEqual({ kind: 'allow' });
});

test('a command runs rebuilt if any part of it runs only because it reads, and as written if rules or the mode allow it', async () => {
  const run = { command: 'rebuilt: ls && npm test' };
  const both = (rules: readonly string[], given: Partial<PolicyQuestion> = {}) =>
    shell('ls && npm test', { rules: toRules({ allow: rules }), ...given });
  expect(decideApproval(await shell('ls'))).toEqual({ kind: 'allow', run: { command: 'rebuilt: ls' } });
  expect(decideApproval(await both(['Bash(npm test *)']))).toEqual({ kind: 'allow', run });
  expect(decideApproval(await both(['Bash(npm test *)', 'Bash(ls *)']))).toEqual({ kind: 'allow' });
  expect(decideApproval(await both(['Bash']))).toEqual({ kind: 'allow' });
  expect(decideApproval(await both([], { mode: 'yolo' }))).toEqual({ kind: 'allow' });
});

test('a protected file in a folder that is read whole asks, even if a rule allows the command', async () => {
  const asked = await shell('grep -rn key src', { rules: toRules({ allow: ['Bash'] }) });
  const parts = (asked.shell?.parts ?? []).map((part) => ({
    ...part,
    touches: part.touches.map((touch) => ({ ...touch, hides: `${ROOT}/src/.env` })),
  }));
  expect(decideApproval(found(asked, { parts }))).toEqual({
    kind: 'ask',
    reason: `Protected file: ${ROOT}/src/.env`,
    cause: { code: 'protected', path: `${ROOT}/src/.env` },
  });
});

test.each([
  ['cat /opt/docs/a.md', 'allow'],
  ['grep -r key /opt/docs', 'ask'],
  ['cat /opt/docs/a.md /etc/hosts', 'ask'],
  ['cat /opt/docs/a.md; npm test', 'ask'],
])('with a rule for reading a folder outside, %s: %s', async (command, answer) => {
  expect(decideApproval(await shell(command, { rules: toRules({ allow: ['Read(//opt/docs/**)'] }) })).kind).toBe(answer);
});

test('an allow rule must cover every file and every address of a call', () => {
  const rules = toRules({ allow: ['Edit(/src/**)', 'WebFetch(domain:a.test)'] });
  const edit = (...paths: string[]) => decideApproval(question('edit', { toolName: 'edit', rules, touches: paths.map(at) })).kind;
  expect(edit(`${ROOT}/src/a.ts`, `${ROOT}/src/b.ts`)).toBe('allow');
  expect(edit(`${ROOT}/src/a.ts`, `${ROOT}/b.ts`)).toBe('ask');
  const fetch = (...urls: string[]) => decideApproval(question('other', { toolName: 'web_fetch', rules, urls })).kind;
  expect(fetch('https://a.test/', 'https://a.test/b')).toBe('allow');
  expect(fetch('https://a.test/', 'https://b.test/')).toBe('ask');
});

test('a deny rule covers the name and the target of a link; an allow rule only the target', () => {
  const link = classifyPath(`${ROOT}/real/a.ts`, `${ROOT}/link/a.ts`, [ROOT]);
  const edit = (lists: Partial<PermissionLists>) =>
    decideApproval(question('edit', { toolName: 'edit', touches: [link], rules: toRules(lists) })).kind;
  expect([edit({ deny: ['Edit(/link/**)'] }), edit({ deny: ['Edit(/real/**)'] })]).toEqual(['deny', 'deny']);
  expect([edit({ allow: ['Edit(/link/**)'] }), edit({ allow: ['Edit(/real/**)'] })]).toEqual(['ask', 'allow']);
});

test('if tools.core lists commands, any other part of a command is refused in every mode', async () => {
  const rules = toRules({ allow: ['Bash'], onlyCommands: ['run_shell_command(git:*)', 'run_shell_command(ls:*)'] });
  for (const mode of ['default', 'auto-edit', 'yolo'] as const) {
    const verdict = async (command: string) => decideApproval(await shell(command, { rules, mode })).kind;
    expect(await verdict('git status && ls')).toBe('allow');
    expect(await verdict('git status && rm x')).toBe('deny');
    expect(await verdict('$(echo rm) x')).toBe('deny');
  }
});

test.each([
  ['/home/me/.aws/credentials', 'secret'],
  ['/home/me/.gnupg/secring.gpg', 'secret'],
  ['/home/me/.pgpass', 'secret'],
  ['/home/me/.netrc', 'secret'],
  ['/home/me/.npmrc', 'secret'],
  ['/home/me/.pypirc', 'secret'],
  ['/srv/project/.envrc', 'secret'],
  ['/srv/project/tls.key', 'secret'],
  ['/srv/project/release.keystore', 'secret'],
  ['/home/me/id_rsa.bak', 'secret'],
  ['/srv/project/.husky/pre-commit', 'guarded'],
  ['/srv/project/.gitattributes', 'guarded'],
  ['/srv/project/.gitmodules', 'guarded'],
  ['/home/me/.gitconfig', 'guarded'],
  ['/home/me/.bashrc', 'guarded'],
  ['/home/me/.zprofile', 'guarded'],
  ['/srv/project/.qwen/hooks/a.sh', 'guarded'],
  ['/srv/project/.qwen/commands/a.md', 'guarded'],
  ['/srv/project/.qwen/agents/a.md', 'guarded'],
  ['/srv/project/.qwen/skills/a/SKILL.md', 'guarded'],
])('%s is protected as %s', (path, protection) => {
  expect(at(path).protection).toBe(protection);
});

test('one refused file among several refuses the call', () => {
  const touches = [at(`${ROOT}/src/a.ts`), at(`${ROOT}/locked/b.ts`)];
  for (const rule of ['Edit(/locked/**)', 'Edit']) {
    const rules = toRules({ deny: [rule] });
    expect(decideApproval(question('edit', { toolName: 'edit', touches, rules, mode: 'yolo' })).kind).toBe('deny');
  }
});

test.each([
  ['npm test > out/a', 'allow'],
  ['npm test > out/a 2> b', 'ask'],
  ['npm test > b 2> out/a', 'ask'],
  ['for f in $(ls); do npm test; done', 'ask'],
  ['for f in 1 2; do npm test; done', 'allow'],
  ['npm test .git/config', 'ask'],
  ['npm test .env', 'ask'],
])('with rules for npm test and for a folder, %s: %s', async (command, answer) => {
  expect(decideApproval(await shell(command, { rules: toRules({ allow: ['Bash(npm test *)', 'Edit(/out/**)'] }) })).kind).toBe(answer);
});

test.each([
  ['touch locked/a', 'Write(/locked/**)'],
  ['echo x > locked/a', 'Edit(/locked/**)'],
  ['cat private/a', 'Read(private/**)'],
  ['ls private', 'ListFiles(private)'],
  ['curl https://evil.test/x', 'WebFetch(domain:evil.test)'],
])('the command %s is refused by the rule %s', async (command, rule) => {
  expect(decideApproval(await shell(command, { rules: toRules({ allow: ['Bash'], deny: [rule] }) })).kind).toBe('deny');
});

test('rules about commands apply to every tool that runs one, also if the command was not classified', async () => {
  const rules = toRules({ allow: ['Bash(npm test *)'], deny: ['Bash(rm *)'] });
  const monitor = { toolName: 'monitor', rules };
  expect(decideApproval(await shell('rm x', monitor)).kind).toBe('deny');
  expect(decideApproval(await shell('npm test', monitor)).kind).toBe('allow');
  expect(decideApproval(await shell('npm test', { ...monitor, rules: toRules({ allow: ['Bash'], deny: ['monitor'] }) })).kind).toBe('deny');
  expect(decideApproval(question('shell', { ...monitor, command: 'rm x' })).kind).toBe('deny');
  expect(decideApproval(question('shell', { ...monitor, command: 'npm test' })).kind).toBe('ask');
});

test('rules can name single agents and skills', () => {
  const verdict = (subject: string, toolName = 'agent') =>
    decideApproval(
      question('other', { toolName, subject, rules: toRules({ allow: ['Agent(reader)', 'Skill(lint)'], deny: ['Agent(writer)'] }) }),
    ).kind;
  expect([verdict('reader'), verdict('writer'), verdict('other')]).toEqual(['allow', 'deny', 'ask']);
  expect([verdict('lint', 'skill'), verdict('reader', 'skill')]).toEqual(['allow', 'ask']);
});
