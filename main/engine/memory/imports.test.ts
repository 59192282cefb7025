import { expect, test } from 'vitest';
import { findImports } from './imports.ts';

test.each([
  ['see @docs/style.md', ['docs/style.md']],
  ['@./a.md and @../b/c.md, then @~/notes.md.', ['./a.md', '../b/c.md', '~/notes.md']],
  ['mail me@example.com or ask @someone', []],
  ['use `@types/node` and ``@a.md`` here', []],
  ['```\n@in/code.md\n```\n@after.md', ['after.md']],
  ['~~~~md\n@in.md\n~~~\n@still-in.md\n~~~~\n@out.md', ['out.md']],
])('%j names %j', (text, paths) => {
  expect(findImports(text).map(({ path }) => path)).toEqual(paths);
  for (const { path, start, end } of findImports(text)) expect(text.slice(start, end)).toBe(`@${path}`);
});
