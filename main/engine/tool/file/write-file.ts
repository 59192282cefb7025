import { z } from 'zod';
import { amount } from '../../lib/amount.ts';
import { failure } from '../define-tool.ts';
import { absolutePath, shownPath, touchedPaths } from '../paths.ts';
import type { Tool } from '../tool.ts';
import { type FileToChange, openForChange, saveChange } from './changed-file.ts';
import { diffDisplay } from './file-diff.ts';
import { mainNewline, withNewlines } from './text-format.ts';

const Input = z.object({
  file_path: z.string().min(1).describe('Absolute path'),
  content: z.string().describe('The whole new content'),
});
type Input = z.infer<typeof Input>;

/** Creates a file or replaces its content. An existing file must have been read; its encoding, mark and line endings stay. */
export const writeFileTool: Tool<Input> = {
  name: 'write_file',
  description: 'Create a file, or replace all of its content. A file that exists must have been read before. To change a part, use edit.',
  kind: 'edit',
  input: Input,
  isReadOnly: false,
  describe: (input, context) => ({ verb: 'write', target: shownPath(input.file_path, context) }),

  async preview(input, context) {
    const file = await openForChange(input.file_path, context);
    if (file.kind === 'refused') return { ok: false, refusal: file.why };
    const display = await diffDisplay({ path: file.shown, before: textBefore(file), after: contentFor(file, input.content) });
    const action = { code: file.kind === 'missing' ? 'create' : 'overwrite', path: file.shown } as const;
    return { ok: true, action, display, touches: await touchedPaths(input.file_path, context) };
  },

  async execute(input, context, signal) {
    const file = await openForChange(input.file_path, context);
    if (file.kind === 'refused') return failure(file.why);
    const content = contentFor(file, input.content);
    const display = await diffDisplay({ path: file.shown, before: textBefore(file), after: content });
    if (signal.aborted) return failure(`Cancelled; ${file.shown} was not written.`);
    const problem = await saveChange(file, content, context);
    if (problem !== undefined) return failure(problem);
    const did = file.kind === 'missing' ? 'Created' : 'Overwrote';
    const summary = `${did} ${file.shown} (+${display.added} -${display.removed})`;
    return {
      text: `${did} ${absolutePath(input.file_path, context)} (${amount(display.added, 'line')} added, ${display.removed} removed).`,
      display,
      isError: false,
      summary,
    };
  },
};

function textBefore(file: Exclude<FileToChange, { kind: 'refused' }>): string | undefined {
  return file.kind === 'text' ? file.text : undefined;
}

/** A model writes LF and no mark regardless of the file; a new or an empty file takes the content unchanged. */
function contentFor(file: Exclude<FileToChange, { kind: 'refused' }>, content: string): string {
  if (file.kind === 'missing') return content;
  const body = file.format.hasBom ? content.replace(/^\uFEFF/, '') : content;
  return file.text.includes('\n') ? withNewlines(body, mainNewline(file.text)) : body;
}
