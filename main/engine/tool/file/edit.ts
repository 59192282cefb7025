import { z } from 'zod';
import { failure } from '../define-tool.ts';
import { absolutePath, shownPath, touchedPaths } from '../paths.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { type FileToChange, openForChange, saveChange } from './changed-file.ts';
import { replaceText } from './edit-text.ts';
import { diffDisplay } from './file-diff.ts';
import { nearestText } from './nearest-text.ts';
import { withNewlines } from './text-format.ts';

const Input = z.object({
  file_path: z.string().min(1).describe('Absolute path'),
  old_string: z.string().describe('Exact text to replace, with its indentation; must occur once. Empty: create the file'),
  new_string: z.string(),
  replace_all: z.boolean().optional().describe('Replace every occurrence'),
});
type Input = z.infer<typeof Input>;

/**
 * Replaces a text in a file that was read and has not changed since. If the text is not found, the result names the nearest
 * place.
 */
export const editTool: Tool<Input> = {
  name: 'edit',
  description: 'Replace exact text in a file that you have read. Take enough lines of context to make old_string unique.',
  kind: 'edit',
  input: Input,
  isReadOnly: false,
  describe: (input, context) => ({ verb: 'edit', target: shownPath(input.file_path, context) }),

  async preview(input, context) {
    const plan = await planEdit(input, context);
    if (!plan.ok) return { ok: false, refusal: plan.why };
    const display = await diffDisplay({ path: plan.file.shown, before: plan.before, after: plan.after });
    const action = { code: plan.file.kind === 'missing' ? 'create' : 'edit', path: plan.file.shown } as const;
    return { ok: true, action, display, touches: await touchedPaths(input.file_path, context) };
  },

  async execute(input, context, signal) {
    const plan = await planEdit(input, context);
    if (!plan.ok) return failure(plan.why);
    const display = await diffDisplay({ path: plan.file.shown, before: plan.before, after: plan.after });
    if (signal.aborted) return failure(`Cancelled; ${plan.file.shown} was not changed.`);
    const problem = await saveChange(plan.file, plan.after, context);
    if (problem !== undefined) return failure(problem);
    const path = absolutePath(input.file_path, context);
    return {
      text: `${plan.did(path)}.`,
      display,
      isError: false,
      summary: `${plan.did(plan.file.shown)} (+${display.added} -${display.removed})`,
    };
  },
};

type EditPlan =
  | {
      readonly ok: true;
      readonly file: Exclude<FileToChange, { kind: 'refused' }>;
      readonly before: string | undefined;
      readonly after: string;
      readonly did: (path: string) => string;
    }
  | { readonly ok: false; readonly why: string };

async function planEdit(input: Input, context: ToolContext): Promise<EditPlan> {
  const refused = (why: string): EditPlan => ({ ok: false, why });
  if (input.old_string === input.new_string && input.old_string !== '')
    return refused('old_string and new_string are the same: nothing would change.');
  const file = await openForChange(input.file_path, context);
  if (file.kind === 'refused') return refused(file.why);
  if (file.kind === 'missing') {
    if (input.old_string !== '')
      return refused(`There is no file ${absolutePath(input.file_path, context)}. To create it, use an empty old_string.`);
    return { ok: true, file, before: undefined, after: input.new_string, did: (path) => `Created ${path}` };
  }
  if (input.old_string === '') {
    if (file.text !== '')
      return refused(`${file.shown} exists and is not empty. Name the text to replace in old_string, or use write_file.`);
    return { ok: true, file, before: '', after: input.new_string, did: (path) => `Filled the empty ${path}` };
  }
  if (!file.isExact) return refused(`The encoding of ${file.shown} is uncertain, and an edit would damage it. Use a shell command.`);

  const outcome = replaceText(file.text, input.old_string, input.new_string, { replaceAll: input.replace_all === true });
  if (outcome.kind === 'missing') return refused(missText(file.shown, file.text, input.old_string));
  if (outcome.kind === 'ambiguous') {
    const more = outcome.count > outcome.lines.length ? ', ...' : '';
    const places = `${outcome.lines.join(', ')}${more}`;
    return refused(
      `old_string occurs ${outcome.count} times in ${file.shown} (lines ${places}). Take in more context to make it unique, or set replace_all.`,
    );
  }
  const where = outcome.count === 1 ? `at line ${outcome.firstLine}` : `in ${outcome.count} places, the first at line ${outcome.firstLine}`;
  return { ok: true, file, before: file.text, after: outcome.text, did: (path) => `Edited ${path} ${where}` };
}

function missText(shown: string, text: string, wanted: string): string {
  const nearest = nearestText(withNewlines(text, '\n'), withNewlines(wanted, '\n'));
  if (nearest === undefined) return `old_string was not found in ${shown}, nor anything like it. Read the file again.`;
  const how = nearest.differsInSpaceOnly ? 'A match that differs only in white space is' : 'The nearest text is';
  return `old_string was not found in ${shown}. ${how} at line ${nearest.line}:\n${nearest.text}`;
}
