/** The state that the tools of a session share: read files, the to-do list, folders. One object per session, one context per call. */
import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import type { ApprovalMode, ItemId } from '../../../preload/contract/index.ts';
import { deniedReads, type PermissionLists, hiddenFiles } from '../approval/index.ts';
import { isWithin } from '../lib/within.ts';
import { checkpointFolder, type Checkpoints, createCheckpoints, openCheckpointFiles } from '../checkpoint/index.ts';
import { shellOutputFolder } from '../project/index.ts';
import {
  createDocumentFs,
  createQuestions,
  type FileReads,
  type Questions,
  type ReadState,
  type Todo,
  type ToolContext,
} from '../tool/index.ts';
import type { EditorFiles } from '../editor-api.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';

export interface SessionTools {
  context(toolCallId: ItemId, progress: ToolContext['progress']): ToolContext;
  /** For the commands of this session. Source: docs/formats.md 5.1. */
  readonly shellOutputDir: string;
  /** Folders with our own output files, which may be read without approval. */
  readonly readableFolders: readonly string[];
  setTodos(todos: readonly Todo[]): void;
  readonly questions: Questions;
  readonly mode: () => ApprovalMode;
  /** Whether a user is present who could answer. */
  readonly canAsk: boolean;
  readonly checkpoints: Checkpoints;
  /** Real paths of all files read or changed so far. */
  touched(): readonly string[];
  /** Text files go through the editor that came last, until the returned function is called. */
  lend(files: EditorFiles): () => void;
  /** Called once, by the session they belong to. */
  connect(session: ToolsCallbacks): void;
  /** Called before the session's mode changes: when plan mode ends, the earlier mode returns. */
  beforeModeChange(from: ApprovalMode, to: ApprovalMode): void;
}

export interface ToolsCallbacks {
  readonly mode: () => ApprovalMode;
  readonly setMode: (mode: ApprovalMode) => void;
  /** A field of the session's summary has changed: whether it needs the user. */
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
  const editors: EditorFiles[] = [];
  const isShared = (path: string) => [project.root, ...extraFolders].some((folder) => isWithin(path, folder));
  const documents = createDocumentFs(deps.fs, () => editors.at(-1), isShared);
  const checkpoints = createCheckpoints({
    files: openCheckpointFiles(checkpointFolder(project.tempDir, id), { nowMs }),
    fs: documents,
    logger: deps.logger,
    shownPath: (path) => (isWithin(path, project.root) ? relative(project.root, path) : path),
    nowMs,
    newId: randomUUID,
  });
  let callbacks: ToolsCallbacks | undefined;
  let beforePlan: ApprovalMode | undefined;
  const canAsk = options.unattended !== true && options.answersQuestions !== false;
  const questions = createQuestions({ canAsk, onChanged: () => callbacks?.onChanged() });
  const mode = {
    get: () => callbacks?.mode() ?? 'default',
    set: async (next: ApprovalMode) => callbacks?.setMode(next),
    beforePlan: () => beforePlan,
  };
  const permissions = deps.approvals.rules.of(async () => ({
    root: project.root,
    cwd: project.cwd,
    trusted: (await project.trust()) === 'trusted',
  }));
  /** If the rules cannot be read, the last ones apply. */
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
    lend(files) {
      editors.push(files);
      return () => {
        const at = editors.indexOf(files);
        if (at !== -1) editors.splice(at, 1);
      };
    },
    connect: (session) => void (callbacks = session),
    beforeModeChange(from, to) {
      if (to === 'plan') beforePlan = from;
    },
    context: (toolCallId, progress) => ({
      sessionId: id,
      toolCallId,
      root: project.root,
      extraFolders,
      home: deps.approvals.home,
      fs: deps.fs,
      documents,
      tasks: deps.tasks,
      logger: deps.logger,
      reads,
      todos: todoList,
      childEnv: () => project.childEnv(),
      runSettings: () => project.runSettings(),
      sandbox: (cwd, run) => deps.approvals.keepIn({ cwd, root: project.root, extraFolders }, run),
      hasWall: deps.approvals.hasWall,
      shellOutputDir,
      toolOutputDir,
      nowMs,
      progress,
      canAsk,
      ask: (asked, signal) => questions.ask(toolCallId, asked, progress, signal),
      mode,
      memory: async () => ({ globalFolder: deps.qwenHome, fileName: (await project.runSettings()).memoryFileNames?.[0] ?? 'QWEN.md' }),
      changes: checkpoints,
      async deniedReads() {
        rules = await permissions.lists().catch(() => rules);
        return deniedReads(rules, { root: project.root, home: deps.approvals.home });
      },
      async hiddenFiles(toolName, target) {
        rules = await permissions.lists().catch(() => rules);
        return hiddenFiles(rules, { root: project.root, home: deps.approvals.home }, { toolName, target, mode: mode.get() });
      },
    }),
  };
}
