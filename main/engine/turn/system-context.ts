/**
 * The system text of a session: Gantry's prompt or the caller's, the memory files, the environment. It is built once per
 * session, so that it never changes between turns and providers can cache it.
 */
import { arch, release, type } from 'node:os';
import { SYSTEM_PROMPT } from '../../../resources/prompts/system-prompt.ts';
import { loadMemory, type Memory } from '../memory/index.ts';
import type { WorkspaceFs } from '../ports.ts';
import { defined } from '../../../preload/contract/index.ts';

export interface SystemContextRequest {
  readonly fs: WorkspaceFs;
  readonly home: string;
  readonly root: string;
  readonly cwd: string;
  readonly qwenHome: string;
  /** Memory files are instructions, so those of an untrusted folder are not read. */
  readonly isTrusted: boolean;
  readonly gitBranch: string | undefined;
  readonly nowMs: number;
  readonly extraFolders: readonly string[];
  /** `context.fileName`. */
  readonly memoryFileNames?: readonly string[];
  /** See `MemoryRequest`. */
  readonly managedFile?: string;
  /** `general.outputLanguage`. */
  readonly answerLanguage?: string;
  readonly systemPrompt?: string;
  readonly appendSystemPrompt?: string;
}

/** `memory`: the memory files that are part of the text. */
export interface SystemContext {
  readonly text: string;
  readonly memory: Memory;
}

/** Errors: none; a memory file that cannot be read is listed as not read. */
export async function buildSystemContext(request: SystemContextRequest): Promise<SystemContext> {
  const { memoryFileNames: names, ...place } = request;
  const memory = await loadMemory({ ...place, ...defined({ names }) });
  const parts = [
    request.systemPrompt ?? SYSTEM_PROMPT,
    ...memory.files.map(({ label, text }) => `# From ${label}\n${text}`),
    leftOutBlock(memory),
    environmentBlock(request),
    languageLine(request),
    request.appendSystemPrompt ?? '',
  ];
  const text = parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n');
  return { text, memory };
}

function leftOutBlock({ leftOut }: Memory): string {
  return leftOut.length === 0 ? '' : `# Not read\n${leftOut.map(({ path, reason }) => `- ${path}: ${reason}`).join('\n')}`;
}

function languageLine({ answerLanguage }: SystemContextRequest): string {
  return answerLanguage === undefined
    ? ''
    : `Write your answers in this language: ${answerLanguage}. Do not translate code, commands and names.`;
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
