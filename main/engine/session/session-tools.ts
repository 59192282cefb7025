/** What the tools of a session share: read files, the plan, folders. One value a session, one context a call. */
import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import type { ApprovalMode, ItemId } from '../../../preload/contract/index.ts';
import { type PermissionLists, withheldFiles } from '../approval/index.ts';
import { checkpointFolder, type Checkpoints, createCheckpoints, openCheckpointFiles } from '../checkpoint/index.ts';
import { shellOutputFolder } from '../project/index.ts';
import { createQuestions, type FileReads, isInside, type Questions, type ReadState, type Todo, type ToolContext } from '../tool/index.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

export interface SessionTools {
  context(toolCallId: ItemId, progress: ToolContext['progress']): ToolContext;
  /** Of this session's commands. Source: docs/formats.md 5.1. */
  readonly shellOutputDir: string;
  /** Where our own outputs are; they may be read without a question. */
  readonly readableFolders: readonly string[];
  setTodos(todos: readonly Todo[]): void;
  readonly questions: Questions;
  readonly mode: () => ApprovalMode;
  /** Somebody is there who could answer. */
  readonly canAsk: boolean;
  readonly checkpoints: Checkpoints;
  /** Real paths of the files that were read or changed so far. */
  touched(): readonly string[];
  /** Once, by the session they belong to. */
  connect(session: ToolsOwner): void;
  /** Told before the session's mode changes: plan mode is left for what was before it. */
  modeChanges(from: ApprovalMode, to: ApprovalMode): void;
}

export interface ToolsOwner {
  readonly mode: () => ApprovalMode;
  readonly setMode: (mode: ApprovalMode) => void;
  /** Something the summary tells has changed: whether the session needs the user. */
  readonly onChanged: () => void;
}

export function createSessionTools(
  { id, project, options }: SessionIdentity,
  extraFolders: readonly string[],
  deps: SessionDeps,
): SessionTools {
  const states = new Map<string, ReadState>();
  const reads: FileReads = { record: (path, state) => void states.set(path, state), get: (path) => states.get(path) };
  let todos: readonly Todo[] = [];
  const todoList = { get: () => todos, set: (next: readonly Todo[]) => void (todos = next) };
  const shellOutputDir = shellOutputFolder(project.tempDir, id);
  const toolOutputDir = join(project.tempDir, 'tool-results');
  const nowMs = () => deps.clock.now();
  const checkpoints = createCheckpoints({
    files: openCheckpointFiles(checkpointFolder(project.tempDir, id), { nowMs }),
    fs: deps.fs,
    logger: deps.logger,
    shownPath: (path) => (isInside(project.root, path) ? relative(project.root, path) : path),
    nowMs,
    newId: randomUUID,
  });
  let owner: ToolsOwner | undefined;
  let beforePlan: ApprovalMode | undefined;
  const canAsk = options.unattended !== true && options.answersQuestions !== false;
  const questions = createQuestions({ canAsk, onChanged: () => owner?.onChanged() });
  const mode = {
    get: () => owner?.mode() ?? 'default',
    set: async (next: ApprovalMode) => owner?.setMode(next),
    beforePlan: () => beforePlan,
  };
  const permissions = deps.approvals.rules.of(async () => ({
    root: project.root,
    cwd: project.cwd,
    trusted: (await project.trust()) === 'trusted',
  }));
  /** Where they cannot be read the last ones hold. */
  let rules: PermissionLists = { allow: [], ask: [], deny: [] };
  return {
    shellOutputDir,
    readableFolders: [shellOutputDir, toolOutputDir],
    setTodos: todoList.set,
    questions,
    mode: mode.get,
    canAsk,
    checkpoints,
    touched: () => [...states.keys()],
    connect: (session) => void (owner = session),
    modeChanges(from, to) {
      if (to === 'plan') beforePlan = from;
    },
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
      sandbox: (cwd) => deps.approvals.keepIn({ cwd, root: project.root, extraFolders }),
      shellOutputDir,
      toolOutputDir,
      nowMs,
      progress,
      canAsk,
      ask: (asked, signal) => questions.ask(toolCallId, asked, progress, signal),
      mode,
      memory: async () => ({ globalFolder: deps.qwenHome, fileName: (await project.runSettings()).memoryFileNames?.[0] ?? 'QWEN.md' }),
      changes: checkpoints,
      async withheld(toolName, target) {
        rules = await permissions.lists().catch(() => rules);
        return withheldFiles(rules, { root: project.root, home: deps.approvals.home }, { toolName, target, mode: mode.get() });
      },
    }),
  };
}
