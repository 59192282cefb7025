import { relative, sep } from 'node:path';
import { z } from 'zod';
import { compileGlob, expandBraces } from '../../lib/glob-pattern.ts';
import { failure } from '../define-tool.ts';
import { absolutePath, shownPath, touchedPaths } from '../paths.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { foundPath, type RipgrepEnd, type RipgrepRunner, SEARCH_TIMEOUT_MS } from './ripgrep.ts';
import { whyExcluded } from './ignore-files.ts';
import { hiddenIn, hiddenNote } from './hidden.ts';

const Input = z.object({
  pattern: z.string().min(1).max(10_000).describe('Regular expression'),
  glob: z.string().max(1000).optional().describe('Only files like *.ts or src/**'),
  path: z.string().optional().describe('File or folder; the project by default'),
  limit: z.number().int().min(1).optional().describe('Matches, 100 by default'),
});
type Input = z.infer<typeof Input>;

const DEFAULT_MATCHES = 100;
const MAX_MATCHES = 1_000;
/** ripgrep searches in parallel and returns matches in any order: this many are sorted before the first are shown. */
const MAX_COLLECTED = 2_000;
const MAX_LINE_CHARS = 300;

/** Searches file contents. Ignored and binary files are left out; links are not followed. */
export function createGrepTool(ripgrep: RipgrepRunner): Tool<Input> {
  return {
    name: 'grep_search',
    description: 'Search file contents with ripgrep. A pattern in lower case ignores case. Ignored and binary files are left out.',
    kind: 'search',
    input: Input,
    isReadOnly: true,
    describe: (input) => ({ verb: 'search', target: input.pattern }),

    async preview(input, context) {
      const target = input.path ?? context.root;
      const refusal = await whyExcluded(target, context);
      if (refusal !== undefined) return { ok: false, refusal };
      const action = { code: 'search', path: shownPath(target, context), pattern: input.pattern } as const;
      return { ok: true, action, display: { kind: 'none' }, touches: await touchedPaths(target, context) };
    },

    async execute(input, context, signal) {
      const asked = absolutePath(input.path ?? context.root, context);
      const target = await context.fs.realPath(asked);
      const stat = await context.fs.stat(target);
      if (stat === undefined) return failure(`There is no file or folder ${asked}.`);
      const isWanted = stat.isDirectory && input.glob !== undefined ? compileGlob(input.glob) : () => true;
      const isHidden = await hiddenIn('grep_search', { asked, real: target }, context);
      const found: Match[] = [];
      let hidden = 0;
      const end = await ripgrep(
        {
          args: [
            '--json',
            '--smart-case',
            '--engine',
            'auto',
            ...multilineArgs(input.pattern),
            ...prefilterArgs(input.glob),
            '--regexp',
            input.pattern,
          ],
          target,
          separator: '\n',
          timeoutMs: SEARCH_TIMEOUT_MS,
          onRecord(record) {
            const match = parseMatch(record, target, context);
            if (match === undefined || !isWanted(relative(target, match.path).split(sep).join('/'))) return 'continue';
            if (isHidden(match.path)) {
              hidden += 1;
              return 'continue';
            }
            found.push(match);
            return found.length < MAX_COLLECTED ? 'continue' : 'stop';
          },
        },
        context,
        signal,
      );
      const problem = problemOf(end, found.length);
      if (problem !== undefined) return failure(problem);
      return resultOf(found, { end, hidden }, input, context);
    },
  };
}

interface Match {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** ripgrep gives text that is not UTF-8 as base64. Source: documentation of grep-printer, "JSON". */
const RgText = z.union([z.object({ text: z.string() }), z.object({ bytes: z.string() })]);
const RgMatch = z.object({
  type: z.literal('match'),
  data: z.object({
    path: RgText,
    lines: RgText,
    line_number: z.number().nullable(),
    submatches: z.array(z.object({ match: RgText })),
  }),
});

function parseMatch(record: string, target: string, context: ToolContext): Match | undefined {
  if (!record.startsWith('{"type":"match"')) return undefined;
  const { data } = RgMatch.parse(JSON.parse(record));
  const first = data.submatches[0];
  return {
    path: foundPath(plain(data.path), target, context),
    line: data.line_number ?? 1,
    text: shownLine(plain(data.lines).trimEnd(), first === undefined ? '' : plain(first.match)),
  };
}

function plain(text: z.infer<typeof RgText>): string {
  return 'text' in text ? text.text : Buffer.from(text.bytes, 'base64').toString('utf8');
}

/** The part of a long line around the match. */
function shownLine(line: string, match: string): string {
  if (line.length <= MAX_LINE_CHARS) return line;
  const start = Math.max(0, line.indexOf(match) - 100);
  return `${start > 0 ? '...' : ''}${line.slice(start, start + MAX_LINE_CHARS)}... [line of ${line.length} characters]`;
}

function multilineArgs(pattern: string): readonly string[] {
  return /\n|\\n/.test(pattern) ? ['--multiline'] : [];
}

/**
 * `--glob` would bring back ignored files that match it, so the glob is applied to the results. A file type made of its last
 * path segments spares ripgrep most other files, and honours ignore files; only plain names and stars mean the same there.
 */
function prefilterArgs(glob: string | undefined): readonly string[] {
  if (glob === undefined) return [];
  const names = expandBraces(glob).map((pattern) => pattern.split('/').at(-1) ?? '');
  if (!names.every((name) => /^[\w.*?-]+$/.test(name) && name !== '**')) return [];
  return [...names.flatMap((name) => ['--type-add', `wanted:${name}`]), '--type', 'wanted'];
}

function problemOf(end: RipgrepEnd, foundCount: number): string | undefined {
  if (end.kind === 'cancelled') return 'The search was cancelled.';
  if (end.kind === 'failed') return end.message;
  if (foundCount > 0) return undefined;
  if (end.kind === 'timed_out') return `The search took over ${SEARCH_TIMEOUT_MS / 1000} s and was stopped. Narrow it with path or glob.`;
  if (end.kind === 'done' && end.exitCode === 2) return `The search failed: ${end.stderr || 'ripgrep gave no reason'}`;
  return undefined;
}

interface Searched {
  readonly end: RipgrepEnd;
  /** Matches in files that the rules hide. */
  readonly hidden: number;
}

function resultOf(found: readonly Match[], { end, hidden }: Searched, input: Input, context: ToolContext): ReturnType<typeof failure> {
  const limit = Math.min(input.limit ?? DEFAULT_MATCHES, MAX_MATCHES);
  const sorted = [...found].sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  const byFile = Map.groupBy(sorted.slice(0, limit), (match) => match.path);
  const blocks = [...byFile].map(([path, matches]) =>
    [shownPath(path, context), ...matches.map((match) => `${match.line}: ${match.text}`)].join('\n'),
  );
  const isPartial = end.kind !== 'done';
  const count = `${isPartial ? 'At least ' : ''}${found.length} ${found.length === 1 ? 'match' : 'matches'}`;
  const notes = [
    found.length > limit ? `[Only the first ${limit} are shown. Narrow the search, or raise limit (at most ${MAX_MATCHES}).]` : '',
    end.kind === 'timed_out' ? `[Stopped after ${SEARCH_TIMEOUT_MS / 1000} s; not everything was searched.]` : '',
    end.kind === 'done' && end.exitCode === 2 ? `[Not everything could be searched: ${end.stderr.split('\n', 1)[0] ?? ''}]` : '',
    end.kind === 'done' && end.tooLongRecords > 0 ? `[${end.tooLongRecords} matches in lines of several megabytes are left out.]` : '',
    hiddenNote(hidden),
  ].filter((note) => note !== '');
  const head = found.length === 0 ? `No match for ${input.pattern}.` : `${count}, paths relative to ${context.root}:`;
  const text = [head, ...blocks, ...notes].join('\n');
  return { text, display: { kind: 'none' }, isError: false, summary: found.length === 0 ? 'No match' : count };
}
