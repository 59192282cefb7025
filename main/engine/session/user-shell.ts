/** What a session does without a turn: runs a command of the user, and records that one has ended. session-state.ts owns the states. */
import { randomUUID } from 'node:crypto';
import { defined, isTerminalStatus, ItemId, type TaskId, type TaskSummary } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { isStorageError, reportableError } from '../lib/file-errors.ts';
import type { TaskOutcome } from '../task/index.ts';
import { startedDraft, endedCommand, type RecordDraft, runningCommand, type UserCommand } from '../transcript/index.ts';
import { reload } from './run-session-turn.ts';
import { type SessionContext } from './session-context.ts';
import { interruptedDrafts, buildTurnOpening, problemNotice } from './turn-opening.ts';

export interface StartedCommand {
  readonly taskId: TaskId;
  /** Resolves when the command has ended or moved to the background, and that is on disk. Never rejects. */
  readonly finished: Promise<void>;
}

/**
 * Resolves when the command is a task and has its row. Aborting stops it while it runs in the foreground.
 * Errors: `session_busy` (another process writes this session), `closed`.
 */
export async function startUserCommand(context: SessionContext, command: string, signal: AbortSignal): Promise<StartedCommand> {
  const { identity, deps, store, view, tools } = context;
  // A full disk is accepted: the command may be the one that frees space.
  reload(context, await store.makeWritable().catch(withoutRecord));
  const id = ItemId.parse(randomUUID());
  const toolContext = tools.context(id, () => undefined);
  const env = await toolContext.childEnv();
  if (signal.aborted) throw new EngineError('closed', 'The command was stopped before it started.');
  const cwd = toolContext.root;
  const startedAtMs = deps.clock.now();
  await recordStart(context, startedDraft({ id, command, cwd, startedAtMs }));
  const task = deps.tasks.start(
    { sessionId: identity.id, byUser: true, callId: id, outputDir: toolContext.shellOutputDir, command, cwd, env, placement: 'foreground' },
    signal,
  );
  const run: UserCommand = { id, command, cwd, taskId: task.id, startedAtMs };
  view.addItem(runningCommand(run));
  return { taskId: task.id, finished: task.outcome.then((outcome) => recordResult(context, run, outcome)) };
}

function withoutRecord(error: unknown): undefined {
  if (!(error instanceof EngineError && isStorageError(error))) throw error;
}

/** If the file cannot be written, the command still runs; its end tries again and reports the failure. */
async function recordStart({ deps, store, identity }: SessionContext, draft: RecordDraft): Promise<void> {
  try {
    await store.append([draft]);
  } catch (error) {
    deps.logger.warn('The start of a command was not written', { sessionId: identity.id, error: String(error) });
  }
}

async function recordResult(context: SessionContext, run: UserCommand, outcome: TaskOutcome): Promise<void> {
  const { deps, store, view, conversation } = context;
  const nowMs = deps.clock.now();
  const { item, draft, message } = endedCommand(run, outcome, nowMs);
  try {
    const loaded = await store.makeWritable();
    reload(context, loaded);
    if (loaded?.items.every(({ id }) => id !== item.id) === true) view.addItem(item); // its start was not written
    await store.append([...interruptedDrafts(conversation.unanswered(), conversation.interrupted()), draft]);
    conversation.open([message], undefined, nowMs);
  } catch (error) {
    // The row still ends, and a notice says that the file does not contain the command.
    deps.logger.error('A user command was not written', { sessionId: context.identity.id, error: String(error) });
    const reason = reportableError(error) ?? new EngineError('internal', `The session file could not be written: ${String(error)}`);
    const notice = problemNotice(reason, nowMs);
    if (notice !== undefined) view.addItem(notice);
  }
  view.changeItem(item);
}

/**
 * Starts a new task that belongs to no tool call, with the current environment. The ended task stays as it is, and may be from an
 * earlier run. A command that the user typed runs outside the sandbox again. Errors: `task_running`.
 */
export async function restartTask({ identity, deps, tools }: SessionContext, ended: TaskSummary): Promise<TaskSummary> {
  const { command, cwd, byUser } = ended;
  if (!isTerminalStatus(ended.status)) {
    const message = 'The command is still running. Stop it before you run it again.';
    throw new EngineError('task_running', message, { data: { taskId: ended.id } });
  }
  const { childEnv, shellOutputDir, sandbox } = tools.context(ItemId.parse(ended.id), () => undefined);
  const env = await childEnv();
  const sandboxSetting = byUser === true ? undefined : await sandbox?.(cwd);
  const { id } = deps.tasks.start({
    sessionId: identity.id,
    outputDir: shellOutputDir,
    command,
    cwd,
    env,
    placement: 'background',
    ...defined({ byUser, sandbox: sandboxSetting }),
  });
  const started = deps.tasks.get(id);
  if (started === undefined) throw new Error('a task that was just started is unknown');
  return started;
}

/**
 * Reports ended background tasks without a request to the model: a row, a record, and a message that the model reads with the next prompt.
 * Errors: `session_busy`, and those of the file system; nothing is lost in that case.
 */
export async function recordEndedTasks(context: SessionContext): Promise<void> {
  const { deps, store, view, conversation, pendingNotifications } = context;
  reload(context, await store.makeWritable());
  const nowMs = deps.clock.now();
  const opening = buildTurnOpening({ ended: pendingNotifications.collect(), unanswered: conversation.unanswered(), nowMs });
  await store.append(opening.drafts.map((draft) => (draft.subtype === 'notification' ? asksNothing(draft) : draft)));
  pendingNotifications.markEndsReported();
  conversation.open(opening.messages, undefined, nowMs);
  for (const item of opening.items) view.addItem(item);
}

function asksNothing<T extends { readonly [field: string]: unknown }>(draft: T): T {
  const { gantry } = draft;
  return { ...draft, gantry: { ...(typeof gantry === 'object' ? gantry : {}), asksNothing: true } };
}
