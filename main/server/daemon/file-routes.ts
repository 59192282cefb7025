/** The files of the server's folder, inside it only, and only what `read_file` reads without a question. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EngineError } from '../../engine/index.ts';
import { type DaemonContext, openFolder } from './daemon-context.ts';
import { HttpFault, type Route, route } from './route.ts';

/** Unit: bytes. */
const MAX_READ_BYTES = 32 * 1024 * 1024;
const SHOWN_BYTES = 256 * 1024;

const MAX_ENTRIES = 5000;

const path = z.string({ error: 'path query parameter is required' }).min(1).max(4096);
const Kind = z.enum(['file', 'directory', 'symlink', 'other']);

const FAULTS: Readonly<Record<string, { readonly status: 400 | 403 | 404; readonly errorKind: string }>> = {
  path_outside_workspace: { status: 400, errorKind: 'path_outside_workspace' },
  file_not_found: { status: 404, errorKind: 'path_not_found' },
  file_unreadable: { status: 400, errorKind: 'parse_error' },
  permission_denied: { status: 403, errorKind: 'permission_denied' },
};

export function fileRoutes(daemon: DaemonContext): readonly Route[] {
  const { engine } = daemon;

  async function inWorkspace<T>(run: (projectId: Awaited<ReturnType<typeof openFolder>>['id']) => Promise<T>): Promise<T> {
    const { id } = await openFolder(daemon, daemon.workspace);
    try {
      return await run(id);
    } catch (error) {
      const fault = error instanceof EngineError ? FAULTS[error.code] : undefined;
      if (fault === undefined || !(error instanceof EngineError)) throw error;
      throw new HttpFault(fault.status, error.message, { errorKind: fault.errorKind, status: fault.status });
    }
  }

  return [
    route({
      ...{ method: 'get', path: '/file', summary: 'The text of a file' },
      query: z.object({
        path,
        line: z.coerce.number().int().min(1).optional().describe('The first line, counted from 1'),
        limit: z.coerce.number().int().min(1).max(100_000).optional().describe('How many lines'),
        maxBytes: z.coerce.number().int().min(1).max(MAX_READ_BYTES).optional(),
      }),
      answer: z.object({
        ...{ kind: z.literal('file'), path: z.string(), content: z.string(), encoding: z.literal('utf-8'), bom: z.boolean() },
        ...{ lineEnding: z.enum(['lf', 'crlf']), sizeBytes: z.number(), returnedBytes: z.number(), truncated: z.boolean() },
        hash: z.string().optional().describe('Of the whole file'),
        originalLineCount: z.number().nullable(),
        ...{ matchedIgnore: z.null(), nextCursor: z.null(), hasMore: z.boolean() },
      }),
      run: ({ query }) =>
        inWorkspace(async (projectId) => {
          const file = await engine.files.read(projectId, query.path, MAX_READ_BYTES);
          const isWhole = file.bytes.length === file.sizeBytes;
          const text = decode(file.bytes, isWhole, query.path);
          const lines = text.split('\n');
          const from = (query.line ?? 1) - 1;
          const chosen =
            query.line === undefined && query.limit === undefined ? text : lines.slice(from, from + (query.limit ?? Infinity)).join('\n');
          const content = cut(chosen, query.maxBytes ?? SHOWN_BYTES);
          const truncated = content !== text || !isWhole;
          const hash = isWhole ? { hash: `sha256:${createHash('sha256').update(file.bytes).digest('hex')}` } : {};
          return {
            ...{ kind: 'file' as const, path: file.path, content, encoding: 'utf-8' as const, bom: text !== '' && file.bytes[0] === 0xef },
            ...{ lineEnding: text.includes('\r\n') ? ('crlf' as const) : ('lf' as const), sizeBytes: file.sizeBytes },
            ...{ returnedBytes: Buffer.byteLength(content), truncated, ...hash, originalLineCount: isWhole ? lines.length : null },
            ...{ matchedIgnore: null, nextCursor: null, hasMore: content.length < chosen.length || !isWhole },
          };
        }),
    }),
    route({
      ...{ method: 'get', path: '/list', summary: 'The entries of a folder' },
      query: z.object({ path }),
      answer: z.object({
        ...{ kind: z.literal('list'), path: z.string(), truncated: z.boolean() },
        entries: z.array(z.object({ name: z.string(), kind: Kind })),
      }),
      run: ({ query }) =>
        inWorkspace(async (projectId) => {
          const folder = await engine.files.list(projectId, query.path);
          const entries = folder.entries.map(({ name, isDirectory, isFile, isSymlink }) => ({
            name,
            kind: isSymlink ? ('symlink' as const) : isDirectory ? ('directory' as const) : isFile ? ('file' as const) : ('other' as const),
          }));
          const shown = entries.slice(0, MAX_ENTRIES);
          return { kind: 'list' as const, path: folder.path, truncated: shown.length < entries.length, entries: shown };
        }),
    }),
    route({
      ...{ method: 'get', path: '/glob', summary: 'The files whose paths match a pattern, without ignored ones' },
      query: z.object({ pattern: z.string({ error: 'pattern query parameter is required' }).min(1).max(1000) }),
      answer: z.object({
        ...{ kind: z.literal('glob'), pattern: z.string(), cwd: z.literal(''), matches: z.array(z.string()) },
        ...{ count: z.number(), truncated: z.boolean() },
      }),
      run: ({ query: { pattern } }) =>
        inWorkspace(async (projectId) => {
          const { paths, isWhole } = await engine.files.glob(projectId, pattern);
          const matches = paths.slice(0, MAX_ENTRIES);
          const truncated = !isWhole || matches.length < paths.length;
          return { kind: 'glob' as const, pattern, cwd: '' as const, matches, count: paths.length, truncated };
        }),
    }),
    route({
      ...{ method: 'get', path: '/stat', summary: 'Size and time of a file or folder' },
      query: z.object({ path }),
      answer: z.object({
        ...{ kind: z.literal('stat'), path: z.string(), type: Kind, sizeBytes: z.number(), modifiedMs: z.number() },
      }),
      run: ({ query }) =>
        inWorkspace(async (projectId) => {
          const stat = await engine.files.stat(projectId, query.path);
          const type = stat.isDirectory ? ('directory' as const) : stat.isFile ? ('file' as const) : ('other' as const);
          return { kind: 'stat' as const, path: stat.path, type, sizeBytes: stat.sizeBytes, modifiedMs: stat.mtimeMs };
        }),
    }),
  ];
}

function decode(bytes: Uint8Array, isWhole: boolean, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    throw new EngineError('file_unreadable', `${path} is not text in UTF-8.`);
  }
}

/** At the end of a character. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes ? text : new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}
