import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { failure } from '../define-tool.ts';
import { absolutePath, shownPath, touchedPaths } from '../paths.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { type FileToChange, openForChange, saveChange } from './changed-file.ts';
import { diffDisplay } from './file-diff.ts';
import { type CellChange, editNotebook } from './notebook.ts';

const Input = z.object({
  notebook_path: z.string().min(1).describe('Absolute path'),
  cell_id: z
    .string()
    .min(1)
    .optional()
    .describe('The cell; with insert, the one to insert after (absent: at the start). Also cell-0, cell-1, ...'),
  new_source: z.string().describe('Empty for delete'),
  cell_type: z.enum(['code', 'markdown']).optional().describe('For insert'),
  edit_mode: z.enum(['replace', 'insert', 'delete']).optional().describe('replace by default'),
});
type Input = z.infer<typeof Input>;

/** Changes one cell of a Jupyter notebook. The rest of the file keeps its format; outputs of a changed cell are removed. */
export const notebookEditTool: Tool<Input> = {
  name: 'notebook_edit',
  description: 'Replace, insert or delete a cell of a Jupyter notebook (.ipynb) that you have read.',
  kind: 'edit',
  deferred: true,
  input: Input,
  isReadOnly: false,
  describe: (input, context) => ({ verb: 'edit', target: shownPath(input.notebook_path, context) }),

  async preview(input, context) {
    const plan = await planCell(input, context);
    if (!plan.ok) return { ok: false, refusal: plan.why };
    const display = await diffDisplay({ path: plan.file.shown, before: plan.file.text, after: plan.after });
    return {
      ok: true,
      action: { ...plan.change, path: plan.file.shown },
      display,
      touches: await touchedPaths(input.notebook_path, context),
    };
  },

  async execute(input, context, signal) {
    const plan = await planCell(input, context);
    if (!plan.ok) return failure(plan.why);
    const display = await diffDisplay({ path: plan.file.shown, before: plan.file.text, after: plan.after });
    if (signal.aborted) return failure(`Cancelled; ${plan.file.shown} was not changed.`);
    const problem = await saveChange(plan.file, plan.after, context);
    if (problem !== undefined) return failure(problem);
    const text = `${plan.did} ${absolutePath(input.notebook_path, context)}.`;
    return { text, display, isError: false, summary: `${plan.did} ${plan.file.shown}` };
  },
};

type CellPlan =
  | {
      readonly ok: true;
      readonly file: Extract<FileToChange, { kind: 'text' }>;
      readonly after: string;
      readonly change: CellChange;
      readonly did: string;
    }
  | { readonly ok: false; readonly why: string };

async function planCell(input: Input, context: ToolContext): Promise<CellPlan> {
  const shown = shownPath(input.notebook_path, context);
  if (!input.notebook_path.endsWith('.ipynb')) return { ok: false, why: `${shown} is no notebook (.ipynb). Use edit.` };
  const file = await openForChange(input.notebook_path, context);
  if (file.kind === 'refused') return { ok: false, why: file.why };
  if (file.kind === 'missing')
    return { ok: false, why: `There is no file ${absolutePath(input.notebook_path, context)}. Create it with write_file.` };
  if (!file.isExact) return { ok: false, why: `The encoding of ${shown} is uncertain, and an edit would damage it.` };
  const edited = editNotebook(file.text, {
    mode: input.edit_mode ?? 'replace',
    cellId: input.cell_id,
    source: input.new_source,
    cellType: input.cell_type,
    // Preview and execution must show the same text, so the id is derived from the call.
    newId: idFor(context.toolCallId),
  });
  return edited.ok
    ? { ok: true, file, after: edited.text, change: edited.change, did: edited.did }
    : { ok: false, why: `${shown}: ${edited.why}` };
}

/** Source: nbformat 4.5: 1 to 64 of these characters. */
function idFor(callId: string): string {
  const id = callId.replace(/[^\w-]/g, '').slice(-32);
  return id === '' ? randomBytes(4).toString('hex') : id;
}
