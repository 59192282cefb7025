import { expect, test } from 'vitest';
import { helpText } from './help.ts';
import { RUN_FLAGS } from './flag-table.ts';
import { IGNORED_FLAGS } from './ignored-flags.ts';

/** Listed at the end of the text, another name of a flag that is listed, or without an effect. */
const NOT_IN_A_SECTION = new Set([
  'help',
  'version',
  'debug',
  'add-dir',
  'channel',
  'experimental-acp',
  'list-extensions',
  ...Object.keys(IGNORED_FLAGS),
]);

test('the help lists every flag of a run once, with its short form', () => {
  const listed = [...helpText().matchAll(/^ {2}(?:-(\w), | {4})--([\w-]+)/gm)].map(([, short, name]) => ({ name, short }));
  const flags = Object.entries(RUN_FLAGS).filter(([name]) => !NOT_IN_A_SECTION.has(name));
  expect(listed.filter(({ name }) => !NOT_IN_A_SECTION.has(name ?? ''))).toEqual(
    flags.map(([name, flag]) => ({ name, short: 'short' in flag ? flag.short : undefined })),
  );
});

test('a text begins below a long flag, continues in its column, and has no line over 120 characters', () => {
  const lines = helpText()
    .split('\n')
    .filter((line) => /^ {2}(?:-\w,| {3}) --|^ {33}/.test(line));
  const at = lines.findIndex((line) => line.includes('--all-files'));
  expect(lines[at + 1]).toMatch(/^ {33}\S/);
  const below = lines.findIndex((line) => line.includes('--allowed-mcp-server-names'));
  expect(lines.slice(below, below + 2)).toEqual([
    '      --allowed-mcp-server-names <names>',
    `${' '.repeat(33)}use only these MCP servers`,
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});
