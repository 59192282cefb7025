/** One turn of a session: writes what must be on disk before it starts, then runs it. session-state.ts owns the states. */
import { randomUUID } from 'node:crypto';
import {
  defined,
  ItemId,
  type ModelRef,
  type QueuedPrompt,
  type TurnId,
  type TurnResult,
  type UndoOutcome,
} from '../../../preload/contract/index.ts';
import type { SessionOptions } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import type { Environment } from '../ports.ts';
import { type ResumedCall, runTurn, type TurnRequest } from '../turn/index.ts';
import { createTelemetryRecords, describeNotice, type RecordDraft, TURN_END_SUBTYPE } from '../transcript/index.ts';
import { INTERRUPTED_NOTICE, type LoadedSession } from '../session-file/index.ts';
import { applyTurnOutput } from './apply-turn-output.ts';
import { awaitServers } from './session-mcp.ts';
import { planReminder } from './plan-reminder.ts';
import { STOPPED_NOTICE } from './stopped-notice.ts';
import { buildTurnOpening } from './turn-opening.ts';
import type { SessionContext } from './session-context.ts';

/** What the opening of a turn found out. `resolvedModel`: the model, if it could be resolved. */
export interface OpenedTurn extends Pick<TurnRequest, 'resolveModel' | 'retry'> {
  readonly resolvedModel: ModelRef | undefined;
}

export interface TurnOpeningOptions {
  readonly prompt: QueuedPrompt | undefined;
  readonly model: ModelRef | { readonly modelId: string } | undefined;
  readonly isClosing: () => boolean;
  /** Calls of an interrupted turn that this turn runs first. */
  readonly resumed: readonly ResumedCall[];
  /** Returns the text for the model if the prompt is a slash command; undefined: the prompt itself. */
  readonly expand: (text: string) => Promise<string | undefined>;
}

/**
 * Resolves when the prompt and the notices are on disk and shown.
 * Errors: `session_busy`, `no_model` (the prompt is returned to the user), `closed`, `approval_stale` (another program has continued the
 * session whose calls were to be resumed), and those of a slash command. Any other error in the configuration of the
 * model fails the turn itself.
 */
export async function openSessionTurn(
  context: SessionContext,
  { prompt, model, isClosing, resumed, expand }: TurnOpeningOptions,
): Promise<OpenedTurn> {
  const { identity, deps, store, view, conversation, pendingNotifications, files, tools } = context;
  reload(context, await store.makeWritable());
  if (!resumed.every(({ item }) => conversation.interrupted().some((left) => left.item.id === item.id)))
    throw new EngineError('approval_stale', 'Another program has continued this session, so the call was not run.');
  const expanded = prompt === undefined ? undefined : await expand(prompt.text);
  const content = prompt === undefined ? undefined : await files.contentOf(prompt);
  const resolved = deps.providers.resolve(identity.project, model);
  const resolvedModel = await resolved.catch((error: unknown) => {
    if (error instanceof EngineError && error.code === 'no_model') throw error;
    return undefined;
  });
  const { unattended = false, unattendedRetry = unattended } = identity.options;
  const retry = await deps.retryFor({ unattended: unattendedRetry }, identity.project);
  if (isClosing()) throw new EngineError('closed', 'This session is closing.');
  const nowMs = deps.clock.now();
  const promptFacts = {
    ...(prompt === undefined ? {} : { prompt, promptId: context.keptPrompts.recordIdOf(prompt.localId) }),
    ...defined({ expanded, content }),
  };
  const reminder = planReminder(tools.mode(), conversation.messages(), tools);
  const opening = buildTurnOpening({
    ...promptFacts,
    ...defined({ reminder }),
    ended: pendingNotifications.collect(),
    monitored: pendingNotifications.collectMonitored(),
    unanswered: conversation.unanswered(),
    notRun: conversation.interrupted(),
    nowMs,
  });
  if (opening.drafts.length > 0) await store.append(opening.drafts);
  pendingNotifications.markReported();
  conversation.open(opening.messages, prompt?.text, nowMs);
  for (const id of [INTERRUPTED_NOTICE, STOPPED_NOTICE]) view.removeItem(id); // the session continues
  for (const item of opening.items) view.addItem(item);
  const promptItemId = opening.items.findLast((item) => item.kind === 'user')?.id; // a row about unread files may follow it
  const title = prompt?.text ?? 'Work without a prompt';
  tools.checkpoints.beginTurn({
    id: promptItemId ?? randomUUID(),
    title,
    atMs: nowMs,
    ...defined({ itemId: promptItemId }),
  });
  return { resolveModel: () => resolved, retry, resolvedModel: resolvedModel?.ref };
}

/** Replaces the state in memory with newer content of the file, if there is any. */
export function reload({ conversation, view }: SessionContext, loaded: LoadedSession | undefined): void {
  if (loaded === undefined) return;
  conversation.replace(loaded);
  view.reload(loaded);
}

/**
 * Cuts off a prompt and everything after it, and reloads the session. With `files`, later changes of files
 * are undone, except in files that have changed again since. Errors: `session_busy`, `item_unknown`.
 */
export async function rewindSession(
  context: SessionContext,
  beforeItemId: ItemId,
  options: { readonly files?: boolean } = {},
): Promise<{ promptText: string; files?: UndoOutcome }> {
  const { store, tools } = context;
  reload(context, await store.makeWritable());
  const { draft, promptText, atMs } = await store.rewindTo(beforeItemId);
  await store.append([draft]);
  const loaded = await store.load();
  reload(context, loaded);
  tools.setTodos(loaded.todos);
  if (options.files !== true) return { promptText };
  return { promptText, files: await tools.checkpoints.undoFrom({ itemId: beforeItemId, atMs }, 'leave') };
}

export interface TurnRunOptions extends Pick<TurnRequest, 'turnId' | 'startedAtMs' | 'control' | 'steering' | 'resumed'> {
  readonly opened: OpenedTurn;
  readonly onEnded: (result: TurnResult) => void;
}

/** Resolves when the turn has ended and all its records are on disk. */
export async function runSessionTurn(context: SessionContext, options: TurnRunOptions): Promise<void> {
  const { identity, deps, store, view, conversation, broker, tools, systemPrompt, hooks } = context;
  const { clock, logger, registry } = deps;
  hooks.turnBegins(options.control, options.turnId);
  const [{ limits, allowsLoops, compactAt }, environment] = await Promise.all([
    identity.project.runSettings(),
    identity.project.lookupEnv(),
  ]);
  const parallelCalls = readParallelCalls(environment);
  const maxTurns = identity.options.maxTurns ?? limits.maxTurns;
  const maxToolCalls = identity.options.maxToolCalls ?? limits.maxToolCalls;
  const stopTimer = startTimeLimit(context, options.control, limits.maxWallTimeMs);
  await awaitServers(context, options.control.signal);
  revealEarlierTools(context);
  const outputs = runTurn({
    turnId: options.turnId,
    startedAtMs: options.startedAtMs,
    control: options.control,
    resolveModel: options.opened.resolveModel,
    systemPrompt,
    history: conversation.messages,
    registry: hooks.tools.registry(registry),
    toolContext: tools.context,
    broker,
    readableFolders: tools.readableFolders,
    takeCallId: conversation.takeCallId,
    limits: {
      ...defined({ maxTurns, maxToolCalls, parallelCalls }),
      allowsLoops,
    },
    steering: options.steering,
    ...defined({ resumed: options.resumed }),
    beforeEnd: (text) => hooks.beforeEnd(text, options.control.signal),
    async afterCalls(calls) {
      const skills = await context.skillUpdates();
      const message = await hooks.afterCalls(calls, options.control.signal);
      if (message === undefined) return skills === undefined ? undefined : { text: skills };
      const content = { code: 'hook_commented', message } as const;
      const text = describeNotice(content);
      return skills === undefined ? { text, content } : { text: `${skills}\n\n${text}` };
    },
    context: {
      usage: conversation.usage,
      compactAt,
      compactions: conversation.compactions,
      compacting: (moment, text) => hooks.compacting(moment, { trigger: 'auto', text }, options.control.signal),
    },
    takeUsage: context.subagentUsage.take,
    onToolResult(callId, text) {
      identity.options.onToolResult?.(callId, text);
      context.editor.onToolResult(callId, text);
    },
    retry: options.opened.retry,
    clock,
    logger,
  });
  const telemetry = createTelemetryRecords({
    promptId: `${identity.id}########${options.turnId}`,
    modelId: options.opened.resolvedModel?.modelId ?? '',
    nowMs: () => clock.now(),
  });
  const turn = applyTurnOutput(hooks.display(outputs, options.control.signal), {
    control: options.control,
    view,
    store,
    logger,
    telemetry,
    onMessage: conversation.add,
    onHistoryReplaced: conversation.replaceHistory,
    onMeasured: conversation.measured,
    onRecorded: () => conversation.touch(clock.now()),
    async onEnded(result) {
      await markEnd(context, result, [...telemetry.ended(result), ...changesDraft(tools.checkpoints.changedPaths())]);
      hooks.turnEnded(result);
      options.onEnded(result);
    },
  });
  await turn.finally(stopTimer);
  await store.sync();
}

/** Reveals the tools one at a time, so that they keep their order in the request. Tools that a server adds later are found in the next turn. */
function revealEarlierTools({ deps: { registry }, conversation }: SessionContext): void {
  for (const name of conversation.revealed()) {
    registry.refreshSchemas();
    registry.reveal([name]);
  }
}

/** Source: docs/formats.md 4.2. A value that is not a number from 1 on counts as unset. */
function readParallelCalls(environment: Environment): number | undefined {
  const wanted = Number.parseInt(environment['QWEN_CODE_MAX_TOOL_CONCURRENCY'] ?? '', 10);
  return wanted >= 1 ? wanted : undefined;
}

/** `model.maxWallTimeSeconds`: cancels the turn and shows a row with the reason. Returns a function that stops the timer. */
function startTimeLimit({ deps, view }: SessionContext, control: TurnRunOptions['control'], limitMs: number | undefined): () => void {
  if (limitMs === undefined) return () => undefined;
  return deps.clock.after(limitMs, () => {
    const seconds = limitMs / 1000;
    view.addItem({
      kind: 'notice',
      id: ItemId.parse(randomUUID()),
      createdAtMs: deps.clock.now(),
      level: 'warning',
      text: `Stopped after ${seconds} s, the limit of model.maxWallTimeSeconds in the settings.`,
      content: { code: 'time_limit', seconds },
    });
    control.cancel();
  });
}

/**
 * Without this record, a session whose turn the user cancelled during a question would look interrupted. A failure to write it, or
 * the telemetry, must not keep the turn from ending.
 */
async function markEnd({ store, deps }: SessionContext, { end }: TurnResult, figures: readonly RecordDraft[]): Promise<void> {
  const mark: RecordDraft = { type: 'system', subtype: TURN_END_SUBTYPE, systemPayload: { end: 'cancelled' } };
  const drafts = end === 'cancelled' ? [...figures, mark] : figures;
  if (drafts.length === 0) return;
  try {
    await store.append(drafts);
  } catch (error) {
    deps.logger.warn('The end of a turn was not written', { error: String(error) });
  }
}

/** Records which files the turn changed. Qwen Code skips subtypes it does not know. */
function changesDraft(paths: readonly string[]): readonly RecordDraft[] {
  if (paths.length === 0) return [];
  return [{ type: 'system', subtype: 'gantry_checkpoint', systemPayload: { paths } }];
}

/** The result of a turn that failed without reporting an end. */
export function brokenResult(turnId: TurnId): TurnResult {
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };
  const error = { code: 'internal', message: 'The turn stopped because of an internal error. The log has the details.' } as const;
  return { turnId, end: 'failed', usage, durationMs: 0, apiDurationMs: 0, modelRequests: 0, error, denied: [] };
}

/** The requested model takes precedence over the last one of the session; the first turn resolves a bare model id. */
export function startingModel(requested: SessionOptions['model'], last: ModelRef | undefined): ModelRef | undefined {
  if (requested === undefined) return last;
  return 'providerId' in requested ? requested : undefined;
}
