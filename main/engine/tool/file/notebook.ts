/** The text of a Jupyter notebook with one cell changed. Pure. Source: nbformat 4. */
import { z } from 'zod';

const Cell = z.looseObject({ cell_type: z.string(), id: z.string().optional(), source: z.union([z.string(), z.array(z.string())]) });
const Notebook = z.looseObject({ cells: z.array(Cell), nbformat: z.number().optional(), nbformat_minor: z.number().optional() });
type Cell = z.infer<typeof Cell>;
type Notebook = z.infer<typeof Notebook>;

export interface CellEdit {
  readonly mode: 'replace' | 'insert' | 'delete';
  readonly cellId: string | undefined;
  readonly source: string;
  readonly cellType: 'code' | 'markdown' | undefined;
  /** For an inserted cell. */
  readonly newId: string;
}

/** For the title of the approval. */
export type CellChange = { readonly code: 'insert_cell' } | { readonly code: 'edit_cell' | 'delete_cell'; readonly cell: string };

export type NotebookOutcome =
  | { readonly ok: true; readonly text: string; readonly change: CellChange; readonly did: string }
  | { readonly ok: false; readonly why: string };

/** Indentation and the last line break stay as they are; Jupyter writes one space and none or one. */
export function editNotebook(text: string, edit: CellEdit): NotebookOutcome {
  const notebook = parse(text);
  if (notebook === undefined) return { ok: false, why: 'this is not the JSON of a notebook of format 4.' };
  const { cells } = notebook;
  const at = edit.cellId === undefined ? -1 : placeOf(cells, edit.cellId);
  if (edit.cellId !== undefined && at === -1)
    return { ok: false, why: `there is no cell "${edit.cellId}". The cells are: ${names(cells)}.` };
  const cell = cells[at];
  const name = edit.cellId ?? '';
  const where = `cell ${name}`.trim();
  const write = (changed: readonly Cell[]) => stringify({ ...notebook, cells: [...changed] }, text);
  if (edit.mode === 'insert') {
    const added = newCell(edit, notebook);
    const changed = [...cells.slice(0, at + 1), added, ...cells.slice(at + 1)];
    return { ok: true, text: write(changed), change: { code: 'insert_cell' }, did: `Inserted a ${added.cell_type} cell into` };
  }
  if (cell === undefined) return { ok: false, why: `name the cell in cell_id. The cells are: ${names(cells)}.` };
  if (edit.mode === 'delete')
    return {
      ok: true,
      text: write(cells.filter((other) => other !== cell)),
      change: { code: 'delete_cell', cell: name },
      did: `Deleted ${where} of`,
    };
  const changed = cells.map((other) => (other === cell ? withSource(cell, edit) : other));
  return { ok: true, text: write(changed), change: { code: 'edit_cell', cell: name }, did: `Edited ${where} of` };
}

/** The value as it was read: the schema's result has its keys in another order, so every line would change. */
function parse(text: string): Notebook | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isNotebook(value) && (value.nbformat ?? 4) === 4 ? value : undefined;
  } catch {
    return undefined; // not JSON: undefined is the documented result
  }
}

function isNotebook(value: unknown): value is Notebook {
  return Notebook.safeParse(value).success;
}

/** Ids came with 4.5; in older notebooks, or as an alternative, a cell is identified by its position. */
function placeOf(cells: readonly Cell[], id: string): number {
  const named = cells.findIndex((cell) => cell.id === id);
  if (named !== -1) return named;
  const place = /^cell-(\d+)$/.exec(id)?.[1];
  return place !== undefined && Number(place) < cells.length ? Number(place) : -1;
}

const MAX_NAMED = 30;

function names(cells: readonly Cell[]): string {
  const known = cells.slice(0, MAX_NAMED).map((cell, at) => cell.id ?? `cell-${at}`);
  return cells.length === 0 ? 'none' : `${known.join(', ')}${cells.length > MAX_NAMED ? ', ...' : ''}`;
}

/** The outputs belong to the old source, so they are removed. */
function withSource(cell: Cell, { source, cellType }: CellEdit): Cell {
  const type = cellType ?? cell.cell_type;
  const changed: Cell = { ...cell, cell_type: type, source: toLines(source, cell.source) };
  if (type === 'code') return { ...changed, execution_count: null, outputs: [] };
  const { outputs: _outputs, execution_count: _count, ...rest } = changed;
  return rest;
}

function newCell({ source, cellType = 'code', newId }: CellEdit, { cells, nbformat_minor = 0 }: Notebook): Cell {
  const taken = new Set(cells.map((cell) => cell.id));
  const id = taken.has(newId) ? `${newId}-${cells.length}`.slice(-64) : newId;
  const base = { cell_type: cellType, metadata: {}, source: toLines(source, cells[0]?.source ?? []) };
  const named = nbformat_minor >= 5 ? { id, ...base } : base;
  return cellType === 'code' ? { ...named, execution_count: null, outputs: [] } : named;
}

/** In the file's own form: a list of lines with their line endings, or one string. */
function toLines(source: string, form: Cell['source']): Cell['source'] {
  if (typeof form === 'string') return source;
  return source === '' ? [] : source.split(/(?<=\n)/);
}

function stringify(notebook: Notebook, before: string): string {
  const indent = /^\{\r?\n([ \t]+)/.exec(before)?.[1] ?? (before.includes('\n') ? ' ' : '');
  const text = JSON.stringify(notebook, undefined, indent);
  const ended = before.endsWith('\n') ? `${text}\n` : text;
  return before.includes('\r\n') ? ended.replaceAll('\n', '\r\n') : ended;
}
