/**
 * The system text of a session: Gantry's prompt or the caller's, the memory files, the environment. Built once a
 * session, so that its bytes never change between turns and providers can cache it.
 */
import { arch, release, type } from 'node:os';
import { basename, join } from 'node:path';
import { SYSTEM_PROMPT } from '../../../resources/prompts/system-prompt.ts';
import type { WorkspaceFs } from '../ports.ts';

/** Longer memory files are cut, with a line that says so. Unit: bytes. */
const MEMORY_LIMIT_BYTES = 32 * 1024;
/** Source: qwen-code.md 7.4. */
const MEMORY_FILES = ['QWEN.md', 'AGENTS.md'];

export interface SystemContextRequest {
  readonly fs: WorkspaceFs;
  readonly root: string;
  readonly cwd: string;
  readonly qwenHome: string;
  /** An untrusted folder's memory files are not read: they are instructions. */
  readonly isTrusted: boolean;
  readonly gitBranch: string | undefined;
  readonly nowMs: number;
  readonly extraFolders: readonly string[];
  /** `context.fileName`. */
  readonly memoryFileNames?: readonly string[];
  /** `general.outputLanguage`. */
  readonly answerLanguage?: string;
  readonly systemPrompt?: string;
  readonly appendSystemPrompt?: string;
}

/** Errors: none; a memory file that cannot be read is left out. */
export async function buildSystemContext(request: SystemContextRequest): Promise<string> {
  const names = request.memoryFileNames ?? MEMORY_FILES;
  const paths = [
    ...(request.memoryFileNames ?? ['QWEN.md']).map((name) => join(request.qwenHome, name)),
    ...(request.isTrusted ? names.map((name) => join(request.root, name)) : []),
  ];
  const memories = await Promise.all(paths.map((path) => readMemory(request.fs, path)));
  const parts = [
    request.systemPrompt ?? SYSTEM_PROMPT,
    ...memories,
    environmentBlock(request),
    languageLine(request),
    request.appendSystemPrompt ?? '',
  ];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n');
}

function languageLine({ answerLanguage }: SystemContextRequest): string {
  return answerLanguage === undefined
    ? ''
    : `Write your answers in this language: ${answerLanguage}. Code, commands and names stay as they are.`;
}

function environmentBlock({ cwd, gitBranch, nowMs, extraFolders }: SystemContextRequest): string {
  return [
    '# Environment',
    `- Operating system: ${type()} ${release()} ${arch()}`,
    `- Working directory: ${cwd}`,
    ...extraFolders.map((folder) => `- Also open: ${folder}`),
    `- Git branch: ${gitBranch ?? 'not a git repository'}`,
    `- Date: ${new Date(nowMs).toISOString().slice(0, 10)}`,
  ].join('\n');
}

async function readMemory(fs: WorkspaceFs, path: string): Promise<string> {
  const stat = await fs.stat(path).catch(() => undefined);
  if (stat?.isFile !== true || stat.sizeBytes === 0) return '';
  const bytes = await fs.readBytes(path, MEMORY_LIMIT_BYTES).catch(() => undefined);
  if (bytes === undefined) return '';
  const cut = stat.sizeBytes > MEMORY_LIMIT_BYTES ? `\n[cut: the file has ${stat.sizeBytes} bytes]` : '';
  return `# From ${basename(path)}\n${new TextDecoder().decode(bytes).trim()}${cut}`;
}
