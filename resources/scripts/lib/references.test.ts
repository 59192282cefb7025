import { expect, test } from 'vitest';
import { unresolvedReferences } from './references.mjs';

const PAGES = {
  'docs/background-tasks.md': '# Tasks\n\n- **BT-1** One.\n- **BT-2** Two.\n',
  'docs/formats.md': '# Formats\n\n## 4. The loop\n\n### 4.2 Tools\n\n## Limits\n',
  'main/engine/task/monitor.ts': 'class A { #begin() {} }; export function createMonitor() { run("task.start"); }',
  'main/engine/tool/monitor.ts': '',
  'docs/image.png': undefined,
};

function problemsOf(files: Readonly<Record<string, string | undefined>>): readonly string[] {
  return unresolvedReferences(new Map(Object.entries({ ...PAGES, ...files })));
}

test('existing targets are not reported', () => {
  const code = [
    '/** BT-1 to BT-2. Source: docs/formats.md 4, 4.2 and "Limits"; formats.md, "Tools". */',
    '// task/monitor.ts, `main/engine/tool/monitor.ts`, mon*.ts, beside.ts and `x.test.ts`, an example',
    '// In `task/monitor.ts` (`createMonitor`, `#begin`, `task.start`) and a `task/monitor.ts` (in words).',
    '// In main/engine/task/, and either/or.',
    '/** Reads AGENTS.md, `.qwen/agents/any.md`; the flag is in `@scope/name/src/flags.ts`. */',
  ];
  const page = '[limits](formats.md#limits), [tools](formats.md#42-tools), ![](image.png), [web](https://example.com/no.md)';
  expect(problemsOf({ 'main/use.ts': code.join('\n'), 'main/beside.ts': '', 'docs/page.md': page })).toEqual([]);
});

test.each([
  ['a case, in a string too', "test('BT-9: holds', run);", 'no case BT-9 in docs/background-tasks.md'],
  ['a numbered section', '/** Source: docs/formats.md 4.2, 4.9. */', 'no section 4.9 in docs/formats.md'],
  ['a section with a title', '/** Source: formats.md, "Gone". */', 'no section "Gone" in docs/formats.md'],
  ['a section cited over two lines', '/**\n * Source: docs/formats.md\n * 7.1.\n */', 'no section 7.1 in docs/formats.md'],
  ['a page', '// See docs/gone.md.', 'no file docs/gone.md'],
  ['a file by its name', 'run(); // as in gone.ts', 'no file gone.ts'],
  ['a file by its path', '/* main/engine/gone/monitor.ts */', 'no file main/engine/gone/monitor.ts'],
  ['a name in a file', '// See `task/monitor.ts` (`createMonitor`, `begin`).', 'no begin in main/engine/task/monitor.ts'],
  ['a folder', '// Lies in main/engine/gone/.', 'no folder main/engine/gone'],
  ['a pattern that nothing matches', '/** session-*.ts */', 'no file session-*.ts'],
])('reported: %s', (_what, text, problem) => {
  expect(problemsOf({ 'main/use.ts': text })).toEqual([expect.stringMatching(/^main\/use\.ts:\d+: /)]);
  expect(problemsOf({ 'main/use.ts': text })[0]).toContain(problem);
});

test('code outside comments may name any file', () => {
  expect(problemsOf({ 'main/use.ts': "const url = 'http://host/gone.ts'; open('gone.ts');" })).toEqual([]);
});

test('a line number points to the reference', () => {
  expect(problemsOf({ 'main/use.ts': '\n/**\n * One.\n * gone.ts\n */' })).toEqual(['main/use.ts:4: no file gone.ts']);
});

test('reported in a page: a file name, a link, an anchor', () => {
  expect(problemsOf({ 'docs/page.md': 'Run `main/gone.ts`.\n[a](gone.png)\n[b](formats.md#gone)\n[c](#none)\n' })).toEqual([
    'docs/page.md:1: no file main/gone.ts',
    'docs/page.md:2: no file docs/gone.png',
    'docs/page.md:3: no section #gone in docs/formats.md',
    'docs/page.md:4: no section #none in docs/page.md',
  ]);
});
