import { expect, test } from 'vitest';
import type { PolicyQuestion } from './approval-policy.ts';
import { parseRules } from './permission-rules.ts';
import { classifyPath } from './protected-paths.ts';
import { commandRule, offeredRules } from './rule-offer.ts';

const ROOT = '/srv/project';

function offered(given: Partial<PolicyQuestion>, scope: 'project' | 'user' = 'project'): readonly string[] {
  return offeredRules(
    {
      mode: 'default',
      toolName: 'edit',
      toolKind: 'edit',
      touches: [],
      grants: new Set(),
      unattended: false,
      rules: parseRules({ allow: [], ask: [], deny: [] }),
      place: { root: ROOT, home: '/home/me' },
      ...given,
    },
    scope,
  );
}

const edits = (...paths: string[]) => ({ touches: paths.map((path) => classifyPath(path, path, [ROOT])) });
const reads = (...paths: string[]) => ({ ...edits(...paths), toolName: 'read_file', toolKind: 'read' as const });

test.each([
  ['npm test -- a', 'npm test *'],
  ['npm run build --watch', 'npm run build *'],
  ['npm run', 'npm run'],
  ['git log -p', 'git log *'],
  ['git push origin main', 'git push origin main'],
  ['npm exec thing', 'npm exec thing'],
  ['npm install left-pad', 'npm install left-pad'],
  ['docker run image', 'docker run image'],
  ['make all', 'make all'],
  ['kubectl delete pod', 'kubectl delete pod'],
  ['python3 a.py', 'python3 a.py'],
  ['python3 *.py', ''],
  ['git -C /x log', 'git -C /x log'],
])('the rule offered for the command %s is “%s”', (command, rule) => {
  expect(commandRule(command)).toBe(rule);
});

test.each([
  [`${ROOT}/src/a.ts`, 'Edit(/src/**)', 'Edit(//srv/project/src/**)'],
  [`${ROOT}/a.ts`, 'Edit(/a.ts)', 'Edit(//srv/project/a.ts)'],
  [`${ROOT}/[x]/a.ts`, 'Edit(/\\[x\\]/**)', 'Edit(//srv/project/\\[x\\]/**)'],
  ['/elsewhere/b/a.ts', 'Edit(//elsewhere/b/a.ts)', 'Edit(//elsewhere/b/a.ts)'],
])('the rules offered for an edit of %s are %s and %s', (path, project, user) => {
  expect(offered(edits(path))).toEqual([project]);
  expect(offered(edits(path), 'user')).toEqual([user]);
});

test('the rule offered for reading outside the project covers exactly that file', () => {
  expect(offered(reads('/elsewhere/b/c.ts'))).toEqual(['Read(//elsewhere/b/c.ts)']);
  expect(offered(reads(`${ROOT}/a.ts`))).toEqual([]);
});

test('no rule is offered for protected files, or if it would not be enough', () => {
  expect(offered(edits(`${ROOT}/.env`))).toEqual([]);
  expect(offered(reads(`${ROOT}/.env`))).toEqual([]);
  const rules = parseRules({ allow: [], ask: ['Edit'], deny: [] });
  expect(offered({ ...edits(`${ROOT}/src/a.ts`), rules })).toEqual([]);
});
