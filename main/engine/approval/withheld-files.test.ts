import { expect, test } from 'vitest';
import type { PermissionLists } from './permission-rules.ts';
import { type SearchQuestion, withheldFiles } from './withheld-files.ts';

const PLACE = { root: '/p', home: '/home/me' };
const PATHS = ['/p/a.ts', '/p/.env', '/p/private/x.ts', '/p/draft/y.ts'];
const shown = (lists: Partial<PermissionLists>, question: Partial<SearchQuestion> = {}) => {
  const all = { toolName: 'grep_search', target: '/p', mode: 'default', ...question } as const;
  const isWithheld = withheldFiles({ allow: [], ask: [], deny: [], ...lists }, PLACE, all);
  return PATHS.filter((path) => !isWithheld(path));
};

test('contents leave out secrets, what a rule refuses and what a rule asks about', () => {
  expect(shown({})).toEqual(['/p/a.ts', '/p/private/x.ts', '/p/draft/y.ts']);
  expect(shown({ deny: ['Read(private/**)'], ask: ['Read(/draft)'] })).toEqual(['/p/a.ts']);
  expect(shown({ deny: ['ReadFile(private/**)'] })).toEqual(['/p/a.ts', '/p/draft/y.ts']);
  expect(shown({ deny: ['Edit(private/**)', 'Bash(private)'] })).toContain('/p/private/x.ts');
});

test('names leave out what a rule refuses', () => {
  expect(shown({ deny: ['Read(private/**)'], ask: ['Read(draft/**)'] }, { toolName: 'glob' })).toEqual([
    '/p/a.ts',
    '/p/.env',
    '/p/draft/y.ts',
  ]);
});

test('what was named by itself has been asked about; where nothing asks secrets are no exception', () => {
  expect(shown({ ask: ['Read(.env)'] }, { target: '/p/.env' })).toContain('/p/.env');
  expect(shown({ deny: ['Read(.env)'] }, { target: '/p/.env' })).not.toContain('/p/.env');
  expect(shown({ ask: ['Read(draft/**)'] }, { mode: 'yolo' })).toEqual(['/p/a.ts', '/p/.env', '/p/private/x.ts']);
});

test('a search in a secret file that was named shows what is in it', () => {
  expect(shown({}, { target: '/p/.env' })).toContain('/p/.env');
  expect(shown({}, { target: '/home/me/.ssh' })).toContain('/p/.env');
});
