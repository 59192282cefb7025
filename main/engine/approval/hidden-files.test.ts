import { expect, test } from 'vitest';
import type { PermissionLists } from './permission-rules.ts';
import { type SearchQuestion, hiddenFiles } from './hidden-files.ts';

const PLACE = { root: '/p', home: '/home/me' };
const PATHS = ['/p/a.ts', '/p/.env', '/p/private/x.ts', '/p/draft/y.ts'];
const shown = (lists: Partial<PermissionLists>, question: Partial<SearchQuestion> = {}) => {
  const all = { toolName: 'grep_search', target: '/p', mode: 'default', ...question } as const;
  const isHidden = hiddenFiles({ allow: [], ask: [], deny: [], ...lists }, PLACE, all);
  return PATHS.filter((path) => !isHidden(path));
};

test('a search of contents hides secrets and files that a deny or ask rule matches', () => {
  expect(shown({})).toEqual(['/p/a.ts', '/p/private/x.ts', '/p/draft/y.ts']);
  expect(shown({ deny: ['Read(private/**)'], ask: ['Read(/draft)'] })).toEqual(['/p/a.ts']);
  expect(shown({ deny: ['ReadFile(private/**)'] })).toEqual(['/p/a.ts', '/p/draft/y.ts']);
  expect(shown({ deny: ['Edit(private/**)', 'Bash(private)'] })).toContain('/p/private/x.ts');
});

test('a search of names hides files that a deny rule matches', () => {
  expect(shown({ deny: ['Read(private/**)'], ask: ['Read(draft/**)'] }, { toolName: 'glob' })).toEqual([
    '/p/a.ts',
    '/p/.env',
    '/p/draft/y.ts',
  ]);
});

test('a file that the call names is shown; in yolo secrets are shown as well', () => {
  expect(shown({ ask: ['Read(.env)'] }, { target: '/p/.env' })).toContain('/p/.env');
  expect(shown({ deny: ['Read(.env)'] }, { target: '/p/.env' })).not.toContain('/p/.env');
  expect(shown({ ask: ['Read(draft/**)'] }, { mode: 'yolo' })).toEqual(['/p/a.ts', '/p/.env', '/p/private/x.ts']);
});

test('a search in a secret file that the call names shows its contents', () => {
  expect(shown({}, { target: '/p/.env' })).toContain('/p/.env');
  expect(shown({}, { target: '/home/me/.ssh' })).toContain('/p/.env');
});
