import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { notebookEditTool } from './notebook-edit.ts';
import { editNotebook } from './notebook.ts';
import { readFileTool } from './read-file.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

const NOTEBOOK = {
  cells: [
    { cell_type: 'markdown', id: 'intro', metadata: {}, source: ['# Title\n', 'text'] },
    {
      cell_type: 'code',
      id: 'load',
      metadata: { tags: ['x'] },
      execution_count: 3,
      outputs: [{ output_type: 'stream' }],
      source: ['a = 1'],
    },
  ],
  metadata: { kernelspec: { name: 'python3' } },
  nbformat: 4,
  nbformat_minor: 5,
};
const TEXT = `${JSON.stringify(NOTEBOOK, undefined, 1)}\n`;
const edit = { mode: 'replace' as const, cellId: undefined, source: '', cellType: undefined, newId: 'new1' };

function cellsOf(outcome: ReturnType<typeof editNotebook>) {
  if (!outcome.ok) throw new Error(outcome.why);
  const notebook: { cells: Record<string, unknown>[] } = JSON.parse(outcome.text);
  return notebook.cells;
}

test('a replaced cell loses its outputs, and nothing else of the file changes', () => {
  const outcome = editNotebook(TEXT, { ...edit, cellId: 'load', source: 'a = 2\nb = 3' });
  expect(cellsOf(outcome)[1]).toEqual({
    cell_type: 'code',
    id: 'load',
    metadata: { tags: ['x'] },
    source: ['a = 2\n', 'b = 3'],
    execution_count: null,
    outputs: [],
  });
  expect(outcome.ok && outcome.text.slice(0, TEXT.indexOf('"id": "load"'))).toBe(TEXT.slice(0, TEXT.indexOf('"id": "load"')));
  expect(outcome.ok && outcome.text.endsWith('}\n')).toBe(true);
});

test('a cell is inserted after another or at the start, and deleted', () => {
  const behind = cellsOf(editNotebook(TEXT, { ...edit, mode: 'insert', cellId: 'cell-0', source: 'x', cellType: 'code' }));
  expect(behind.map(({ id }) => id)).toEqual(['intro', 'new1', 'load']);
  expect(behind[1]).toEqual({ id: 'new1', cell_type: 'code', metadata: {}, source: ['x'], execution_count: null, outputs: [] });
  const first = cellsOf(editNotebook(TEXT, { ...edit, mode: 'insert', source: '# x', cellType: 'markdown' }));
  expect(first.map(({ id }) => id)).toEqual(['new1', 'intro', 'load']);
  expect(cellsOf(editNotebook(TEXT, { ...edit, mode: 'delete', cellId: 'intro' })).map(({ id }) => id)).toEqual(['load']);
});

test('an existing id is not used again, and older notebooks get none', () => {
  const taken = cellsOf(editNotebook(TEXT, { ...edit, mode: 'insert', source: '', newId: 'load' }));
  expect(taken[0]?.['id']).toBe('load-2');
  const old = TEXT.replace('"nbformat_minor": 5', '"nbformat_minor": 4');
  expect(cellsOf(editNotebook(old, { ...edit, mode: 'insert', source: '' }))[0]).not.toHaveProperty('id');
});

test.each([
  ['no cell is named', TEXT, { ...edit }],
  ['the cell is not there', TEXT, { ...edit, cellId: 'nope' }],
  ['the place is not there', TEXT, { ...edit, cellId: 'cell-2' }],
  ['the file is no JSON', 'oops', { ...edit, cellId: 'load' }],
  ['the format is older', TEXT.replace('"nbformat": 4', '"nbformat": 3'), { ...edit, cellId: 'load' }],
])('an edit is refused where %s', (_name, text, wanted) => {
  expect(editNotebook(text, wanted).ok).toBe(false);
});

test('the tool needs the file read, shows the change first and writes just that', async () => {
  const path = workspace.path('n.ipynb');
  await writeFile(path, TEXT.replaceAll('\n', '\r\n'));
  const input = { notebook_path: path, cell_id: 'load', new_source: 'a = 9' };
  expect(await notebookEditTool.preview(input, workspace.context)).toMatchObject({
    ok: false,
    refusal: expect.stringContaining('not been read'),
  });
  await readFileTool.execute({ file_path: path }, workspace.context, never);
  expect(await notebookEditTool.preview(input, workspace.context)).toMatchObject({
    ok: true,
    action: { code: 'edit_cell', cell: 'load', path: 'n.ipynb' },
  });
  expect(await notebookEditTool.execute(input, workspace.context, never)).toMatchObject({
    isError: false,
    summary: 'Edited cell load of n.ipynb',
  });
  const written = await readFile(path, 'utf8');
  expect(written).toContain('"a = 9"\r\n');
  expect(written.replaceAll('\r\n', '')).not.toContain('\n');
});

test('for other files the refusal names the right tools', async () => {
  await writeFile(workspace.path('a.json'), '{}');
  const input = { notebook_path: workspace.path('a.json'), new_source: 'x' };
  expect((await notebookEditTool.preview(input, workspace.context)).ok).toBe(false);
});
