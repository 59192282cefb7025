/** What a session does without a turn: a command of the user's, and the note that one of them ended. The states are session.ts's. */
import { randomUUID } from 'node:crypto';
import { isTerminalStatus, ItemId, type TaskId, type TaskSummary } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { isStorageError, reportableError } from '../lib/file-errors.ts';
import type { TaskOutcome } from '../task/index.ts';
import { begunDraft, endedCommand, type RecordDraft, runningCommand, type UserCommand } from '../transcript/index.ts';
import { readAgain } from './run-session-turn.ts';
import { type TurnSurroundings } from './session-context.ts';
import { interruptedDrafts, openTurn, problemNotice } from './turn-opening.ts';

export interface StartedCommand {
  readonly taskId: TaskId;
  /** Resolves when it has ended or moved to the background, and that is on disk. Never rejects. */
  readonly finished: Promise<void>;
}

/**
 * Resolves when the command is a task and has its row. Aborting stops it while it is in the foreground.
 * Errors: `session_busy` (another process writes this session), `closed`.
 */
export async function startUserCommand(around: TurnSurroundings, command: string, signal: AbortSignal): Promise<StartedCommand> {
  const { identity, deps, store, view, tools } = around;
  // Also on a full disk: the command may be the one that frees some space.
  readAgain(around, await store.makeWritable().catch(withoutRecord));
  const id = ItemId.parse(randomUUID());
  const context = tools.context(id, () => undefined);
  const env = await context.childEnv();
  if (signal.aborted) throw new EngineError('closed', 'The command was stopped before it began.');
  const cwd = context.root;
  const startedAtMs = deps.clock.now();
  await keepBeginning(around, begunDraft({ id, command, cwd, startedAtMs }));
  const task = deps.tasks.start(
    { sessionId: identity.id, byUser: true, callId: id, outputDir: context.shellOutputDir, command, cwd, env, placement: 'foreground' },
    signal,
  );
  const run: UserCommand = { id, command, cwd, taskId: task.id, startedAtMs };
  view.addItem(runningCommand(run));
  return { taskId: task.id, finished: task.outcome.then((outcome) => keepResult(around, run, outcome)) };
}

function withoutRecord(error: unknown): undefined {
  if (!(error instanceof EngineError && isStorageError(error))) throw error;
}

/** A file that cannot be written keeps no command from running; the end tries again, and says so. */
async function keepBeginning({ deps, store, identity }: TurnSurroundings, draft: RecordDraft): Promise<void> {
  try {
    await store.append([draft]);
  } catch (error) {
    deps.logger.warn('The beginning of a command was not written', { sessionId: identity.id, error: String(error) });
  }
}

async function keepResult(around: TurnSurroundings, run: UserCommand, outcome: TaskOutcome): Promise<void> {
  const { deps, store, view, conversation } = around;
  const nowMs = deps.clock.now();
  const { item, draft, message } = endedCommand(run, outcome, nowMs);
  try {
    const loaded = await store.makeWritable();
    readAgain(around, loaded);
    if (loaded?.items.every(({ id }) => id !== item.id) === true) view.addItem(item); // its beginning was not written
    await store.append([...interruptedDrafts(conversation.unanswered(), conversation.interrupted()), draft]);
    conversation.open([message], undefined, nowMs);
  } catch (error) {
    // The row still ends, and a notice says that the file has nothing of it.
    deps.logger.error('A command of the user was not written', { sessionId: around.identity.id, error: String(error) });
    const reason = reportableError(error) ?? new EngineError('internal', `The session file could not be written: ${String(error)}`);
    const notice = problemNotice(reason, nowMs);
    if (notice !== undefined) view.addItem(notice);
  }
  view.changeItem(item);
}

/**
 * A new task that belongs to no tool call, with the environment of now; the ended one stays as it is, and may be of an
 * earlier run. A command that the user typed runs outside the sandbox again. Errors: `task_running`.
 */
export async function restartTask({ identity, deps, tools }: TurnSurroundings, ended: TaskSummary): Promise<TaskSummary> {
  const { command, cwd, byUser } = ended;
  if (!isTerminalStatus(ended.status)) {
    const message = 'The command is still running. Stop it before it is run again.';
    throw new EngineError('task_running', message, { data: { taskId: ended.id } });
  }
  const { childEnv, shellOutputDir, sandbox } = tools.context(ItemId.parse(ended.id), () => undefined);
  const env = await childEnv();
  const keptIn = byUser === true ? undefined : await sandbox?.(cwd);
  const { id } = deps.tasks.start({
    sessionId: identity.id,
    outputDir: shellOutputDir,
    command,
    cwd,
    env,
    placement: 'background',
    ...(byUser === undefined ? {} : { byUser }),
    ...(keptIn === undefined ? {} : { sandbox: keptIn }),
  });
  const started = deps.tasks.get(id);
  if (started === undefined) throw new Error('a task that was just started is not known');
  return started;
}

/**
 * Tells of ended background tasks without asking the model: a row, a record, and a message it reads with the next prompt.
 * Errors: `session_busy`, and those of the file system; nothing is lost then.
 */
export async function noteEndedTasks(around: TurnSurroundings): Promise<void> {
  const { deps, store, view, conversation, untold } = around;
  readAgain(around, await store.makeWritable());
  const nowMs = deps.clock.now();
  const note = openTurn({ ended: untold.collect(), unanswered: conversation.unanswered(), nowMs });
  await store.append(note.drafts.map((draft) => (draft.subtype === 'notification' ? asksNothing(draft) : draft)));
  untold.endsTold();
  conversation.open(note.messages, undefined, nowMs);
  for (const item of note.items) view.addItem(item);
}

function asksNothing<T extends { readonly [field: string]: unknown }>(draft: T): T {
  const { gantry } = draft;
  return { ...draft, gantry: { ...(typeof gantry === 'object' ? gantry : {}), asksNothing: true } };
}
