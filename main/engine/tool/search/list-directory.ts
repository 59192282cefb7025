import { join } from 'node:path';
import { z } from 'zod';
import { amount } from '../../lib/amount.ts';
import { compileGlob } from '../../lib/glob-pattern.ts';
import { failure } from '../define-tool.ts';
import { absolutePath, shownPath, touchedPaths } from '../paths.ts';
import type { Tool } from '../tool.ts';
import { ignoredIn } from './ignore-files.ts';
import { hiddenIn } from './hidden.ts';

const Input = z.object({
  path: z.string().min(1).describe('Absolute path'),
  ignore: z.array(z.string()).optional().describe('Globs of names to leave out'),
});
type Input = z.infer<typeof Input>;

const MAX_ENTRIES = 500;

/**
 * The names in a folder: folders first, files with their sizes. Names matched by ignore files or `ignore` are left out and
 * counted.
 */
export const listDirectoryTool: Tool<Input> = {
  name: 'list_directory',
  description: 'List the files and folders directly in a folder.',
  kind: 'read',
  input: Input,
  isReadOnly: true,
  describe: (input, context) => ({ verb: 'list', target: shownPath(input.path, context) }),

  async preview(input, context) {
    const action = { code: 'list', path: shownPath(input.path, context) } as const;
    return { ok: true, action, display: { kind: 'none' }, touches: await touchedPaths(input.path, context) };
  },

  async execute(input, context) {
    const shown = shownPath(input.path, context);
    const path = await context.fs.realPath(absolutePath(input.path, context));
    const stat = await context.fs.stat(path);
    if (stat === undefined) return failure(`There is no folder ${absolutePath(input.path, context)}.`);
    if (!stat.isDirectory) return failure(`${shown} is a file. Use read_file.`);
    const ignored = (input.ignore ?? []).map((pattern) => compileGlob(pattern));
    const isHidden = await hiddenIn('list_directory', { asked: absolutePath(input.path, context), real: path }, context);
    const all = (await context.fs.list(path)).filter((entry) => !isHidden(join(path, entry.name)));
    const unwanted = all.filter((entry) => ignored.some((matches) => matches(entry.name)));
    const isIgnored = await ignoredIn(path, context);
    const rest = all.filter((entry) => !unwanted.includes(entry));
    const kept = rest.filter((entry) => !isIgnored(entry.name, entry.isDirectory));
    const ordered = [...kept.filter((entry) => entry.isDirectory), ...kept.filter((entry) => !entry.isDirectory)];
    const lines = await Promise.all(
      ordered.slice(0, MAX_ENTRIES).map(async (entry) => {
        const link = entry.isSymlink ? ' (link)' : '';
        if (entry.isDirectory) return `${entry.name}/${link}`;
        const sizeBytes = entry.isFile ? (await context.fs.stat(join(path, entry.name)))?.sizeBytes : undefined;
        return `${entry.name}${link}${sizeBytes === undefined ? '' : ` ${sizeBytes} ${sizeBytes === 1 ? 'byte' : 'bytes'}`}`;
      }),
    );
    const notes = [
      ordered.length > MAX_ENTRIES ? `[${amount(ordered.length - MAX_ENTRIES, 'entry', 'entries')} more not shown.]` : '',
      unwanted.length > 0 ? `[${amount(unwanted.length, 'entry', 'entries')} left out by ignore.]` : '',
      rest.length > kept.length ? `[${amount(rest.length - kept.length, 'entry', 'entries')} left out by ignore files.]` : '',
    ];
    const body = lines.length === 0 ? 'The folder is empty.' : lines.join('\n');
    const text = [`${absolutePath(input.path, context)}:`, body, ...notes.filter((note) => note !== '')].join('\n');
    return { text, display: { kind: 'none' }, isError: false, summary: `Listed ${shown}: ${amount(kept.length, 'entry', 'entries')}` };
  },
};
