import { relative, sep } from 'node:path';
import { z } from 'zod';
import { compileGlob } from '../../lib/glob-pattern.ts';
import { failure } from '../define-tool.ts';
import { absolutePath, shownPath, touchedPaths } from '../paths.ts';
import type { Tool } from '../tool.ts';
import { foundPath, type RipgrepRunner, SEARCH_TIMEOUT_MS } from './ripgrep.ts';
import { hiddenIn } from './hidden.ts';

const Input = z.object({
  pattern: z.string().min(1).max(1000).describe('Such as src/**/*.ts; without a slash, names at any depth'),
  path: z.string().optional().describe('Folder; the project by default'),
});
type Input = z.infer<typeof Input>;

const MAX_FILES = 100;

/** Finds files by name, newest first, except those in ignore files. Links are not followed. */
export function createGlobTool(ripgrep: RipgrepRunner): Tool<Input> {
  return {
    name: 'glob',
    description: 'Find files by name pattern, newest first, at most 100. Ignored files are left out.',
    kind: 'search',
    input: Input,
    isReadOnly: true,
    describe: (input) => ({ verb: 'search', target: input.pattern }),

    async preview(input, context) {
      const folder = input.path ?? context.root;
      const action = { code: 'find_files', pattern: input.pattern, path: shownPath(folder, context) } as const;
      return { ok: true, action, display: { kind: 'none' }, touches: await touchedPaths(folder, context) };
    },

    async execute(input, context, signal) {
      const asked = absolutePath(input.path ?? context.root, context);
      const folder = await context.fs.realPath(asked);
      const stat = await context.fs.stat(folder);
      if (stat === undefined) return failure(`There is no folder ${asked}.`);
      if (!stat.isDirectory) return failure(`${asked} is a file. Name a folder.`);
      const matches = compileGlob(relativePattern(input.pattern, asked));
      const isHidden = await hiddenIn('glob', { asked, real: folder }, context);
      const found: string[] = [];
      let count = 0;
      const end = await ripgrep(
        {
          args: ['--files', '--null', '--sortr', 'modified'],
          target: folder,
          separator: '\0',
          timeoutMs: SEARCH_TIMEOUT_MS,
          onRecord(record) {
            const path = foundPath(record, folder, context);
            if (!matches(relative(folder, path).split(sep).join('/')) || isHidden(path)) return 'continue';
            count += 1;
            if (found.length < MAX_FILES) found.push(path);
            return 'continue';
          },
        },
        context,
        signal,
      );
      if (end.kind === 'cancelled') return failure('The search was cancelled.');
      if (end.kind === 'timed_out')
        return failure(`The search took over ${SEARCH_TIMEOUT_MS / 1000} s and was stopped. Name a narrower path.`);
      if (end.kind === 'failed') return failure(end.message);
      const where = shownPath(asked, context);
      // ripgrep exits with 2 if it may not enter a folder, and with 1 if there is no file at all.
      const warning = end.kind === 'done' && end.exitCode === 2 ? `\n[Not everything could be looked at: ${firstLine(end.stderr)}]` : '';
      if (count === 0) {
        return {
          text: `No file matches ${input.pattern} in ${asked}.${warning}`,
          display: { kind: 'none' },
          isError: false,
          summary: 'No file found',
        };
      }
      const names = found.map((path) => shownPath(path, context)).join('\n');
      const more = count > found.length ? `\n[${count - found.length} older files are not shown. Narrow the pattern.]` : '';
      const summary = `Found ${count} ${count === 1 ? 'file' : 'files'} in ${where}`;
      const text = `${count} ${count === 1 ? 'file' : 'files'}, newest first, relative to ${context.root}:\n${names}${more}${warning}`;
      return { text, display: { kind: 'none' }, isError: false, summary };
    },
  };
}

/** A model may put the folder into the pattern as well. */
function relativePattern(pattern: string, folder: string): string {
  const start = `${folder.split(sep).join('/')}/`;
  return pattern.startsWith(start) ? `./${pattern.slice(start.length)}` : pattern;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
