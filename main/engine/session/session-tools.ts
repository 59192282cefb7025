/** What the tools of a session share: read files, the plan, folders. One value a session, one context a call. */
import { join } from 'node:path';
import type { ItemId } from '../../../preload/contract/index.ts';
import type { FileReads, Todo, ToolContext } from '../tool/tool.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

export interface SessionTools {
  context(toolCallId: ItemId, progress: ToolContext['progress']): ToolContext;
  /** Of this session's commands. Source: qwen-code.md 5.4. */
  readonly shellOutputDir: string;
  /** Where our own outputs are; they may be read without a question. */
  readonly readableFolders: readonly string[];
  setTodos(todos: readonly Todo[]): void;
}

export function createSessionTools({ id, project }: SessionIdentity, extraFolders: readonly string[], deps: SessionDeps): SessionTools {
  const states = new Map<string, { mtimeMs: number; sizeBytes: number }>();
  const reads: FileReads = { record: (path, state) => void states.set(path, state), get: (path) => states.get(path) };
  let todos: readonly Todo[] = [];
  const todoList = { get: () => todos, set: (next: readonly Todo[]) => void (todos = next) };
  const shellOutputDir = join(project.tempDir, 'background-shells', id);
  const toolOutputDir = join(project.tempDir, 'tool-results');
  return {
    shellOutputDir,
    readableFolders: [shellOutputDir, toolOutputDir],
    setTodos: todoList.set,
    context: (toolCallId, progress) => ({
      sessionId: id,
      toolCallId,
      root: project.root,
      extraFolders,
      fs: deps.fs,
      tasks: deps.tasks,
      logger: deps.logger,
      reads,
      todos: todoList,
      childEnv: () => project.childEnv(),
      runSettings: () => project.runSettings(),
      shellOutputDir,
      toolOutputDir,
      nowMs: () => deps.clock.now(),
      progress,
    }),
  };
}
