import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import { addFact, saveMemoryTool } from './save-memory.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

test.each([
  ['', '## Qwen Added Memories\n- a fact\n'],
  ['# Mine\n\ntext\n', '# Mine\n\ntext\n\n## Qwen Added Memories\n- a fact\n'],
  ['## Qwen Added Memories\n- one\n', '## Qwen Added Memories\n- one\n- a fact\n'],
  ['## Qwen Added Memories\n- one\n\n# After\nx\n', '## Qwen Added Memories\n- one\n- a fact\n\n# After\nx\n'],
])('a fact goes to the end of its list: %j', (before, after) => {
  expect(addFact(before, ' - a\n fact ')).toBe(after);
});

test('the file is made or added to, in its own line endings, and the change is shown before', async () => {
  await mkdir(workspace.path('.qwen'));
  await writeFile(workspace.path('.qwen', 'QWEN.md'), '# Me\r\nx\r\n');
  const preview = await saveMemoryTool.preview({ fact: 'Use tabs.' }, workspace.context);
  expect(preview).toMatchObject({ ok: true, touches: [workspace.path('.qwen', 'QWEN.md')], display: { kind: 'diff', added: 3 } });
  await saveMemoryTool.execute({ fact: 'Use tabs.' }, workspace.context, never);
  expect(await readFile(workspace.path('.qwen', 'QWEN.md'), 'utf8')).toBe('# Me\r\nx\r\n\r\n## Qwen Added Memories\r\n- Use tabs.\r\n');
  const changed: string[] = [];
  const context = {
    ...workspace.context,
    changes: { ...workspace.context.changes, before: async (path: string) => void changed.push(path) },
  };
  await saveMemoryTool.execute({ fact: 'Here.', scope: 'project' }, context, never);
  expect(await readFile(workspace.path('QWEN.md'), 'utf8')).toBe('## Qwen Added Memories\n- Here.\n');
  expect(changed).toEqual([workspace.path('QWEN.md')]);
});

test('what is no text file is not added to', async () => {
  await mkdir(workspace.path('QWEN.md'));
  expect((await saveMemoryTool.preview({ fact: 'x', scope: 'project' }, workspace.context)).ok).toBe(false);
});
