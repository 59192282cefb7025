/** One turn of a session: what must be on disk before it begins, then the turn itself. The states are session.ts's. */
import { randomUUID } from 'node:crypto';
import {
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
import { createTelemetryRecords, type RecordDraft, TURN_END_SUBTYPE } from '../transcript/index.ts';
import { INTERRUPTED_NOTICE, type LoadedSession } from '../session-file/index.ts';
import { driveTurn } from './apply-turn-output.ts';
import { awaitServers } from './session-mcp.ts';
import { planReminder } from './plan-words.ts';
import { STOPPED_NOTICE } from './stopped-notice.ts';
import { openTurn } from './turn-opening.ts';
import type { TurnSurroundings } from './session-context.ts';

/** What the opening found out for the turn. `found`: the model, where it could be had. */
export interface OpenedTurn extends Pick<TurnRequest, 'resolveModel' | 'retry'> {
  readonly found: ModelRef | undefined;
}

export interface OpeningWish {
  readonly prompt: QueuedPrompt | undefined;
  readonly model: ModelRef | { readonly modelId: string } | undefined;
  readonly isClosing: () => boolean;
  /** Calls that the turn begins with. */
  readonly resumed: readonly ResumedCall[];
  /** What the model reads in place of a prompt that is a command; undefined: the prompt. */
  readonly expand: (text: string) => Promise<string | undefined>;
}

/**
 * Resolves when prompt and notices are on disk and shown.
 * Errors: `session_busy`, `no_model` (the prompt stays with the user), `closed`, `approval_stale` (what is to be resumed has been gone on from
 * elsewhere), and those of a prompt that is a command. Any other fault of the model's
 * configuration is the turn's failure.
 */
export async function openSessionTurn(
  around: TurnSurroundings,
  { prompt, model, isClosing, resumed, expand }: OpeningWish,
): Promise<OpenedTurn> {
  const { identity, deps, store, view, conversation, untold, files, tools } = around;
  readAgain(around, await store.makeWritable());
  if (!resumed.every(({ item }) => conversation.interrupted().some((left) => left.item.id === item.id)))
    throw new EngineError('approval_stale', 'This session has been gone on with somewhere else, so the call was not run.');
  const expanded = prompt === undefined ? undefined : await expand(prompt.text);
  const content = prompt === undefined ? undefined : await files.contentOf(prompt);
  const resolved = deps.providers.resolve(identity.project, model);
  const found = await resolved.catch((error: unknown) => {
    if (error instanceof EngineError && error.code === 'no_model') throw error;
    return undefined;
  });
  const { unattended = false, unattendedRetry = unattended } = identity.options;
  const retry = await deps.retryFor({ unattended: unattendedRetry });
  if (isClosing()) throw new EngineError('closed', 'This session is closing.');
  const nowMs = deps.clock.now();
  const begun = {
    ...(prompt === undefined ? {} : { prompt, promptId: around.kept.recordIdOf(prompt.localId) }),
    ...(expanded === undefined ? {} : { expanded }),
    ...(content === undefined ? {} : { content }),
  };
  const reminder = planReminder(tools.mode(), conversation.messages(), tools);
  const opening = openTurn({
    ...begun,
    ...(reminder === undefined ? {} : { reminder }),
    ended: untold.collect(),
    monitored: untold.collectMonitored(),
    unanswered: conversation.unanswered(),
    notRun: conversation.interrupted(),
    nowMs,
  });
  if (opening.drafts.length > 0) await store.append(opening.drafts);
  untold.told();
  conversation.open(opening.messages, prompt?.text, nowMs);
  for (const id of [INTERRUPTED_NOTICE, STOPPED_NOTICE]) view.removeItem(id); // it goes on
  for (const item of opening.items) view.addItem(item);
  const begunBy = opening.items.findLast((item) => item.kind === 'user')?.id; // a row about files that were not read stands behind it
  const title = prompt?.text ?? 'Work without a prompt';
  tools.checkpoints.beginTurn({ id: begunBy ?? randomUUID(), title, atMs: nowMs, ...(begunBy === undefined ? {} : { itemId: begunBy }) });
  return { resolveModel: () => resolved, retry, found: found?.ref };
}

/** Takes over what the file says, if it is news. */
export function readAgain({ conversation, view }: TurnSurroundings, loaded: LoadedSession | undefined): void {
  if (loaded === undefined) return;
  conversation.replace(loaded);
  view.reload(loaded);
}

/**
 * Cuts off a prompt and what came after it, and reads the session as it is now. With `files` the changes of files since then
 * are undone, but for those of files that somebody has changed again. Errors: `session_busy`, `item_unknown`.
 */
export async function rewindSession(
  around: TurnSurroundings,
  beforeItemId: ItemId,
  options: { readonly files?: boolean } = {},
): Promise<{ promptText: string; files?: UndoOutcome }> {
  const { store, tools } = around;
  readAgain(around, await store.makeWritable());
  const { draft, promptText, atMs } = await store.rewindTo(beforeItemId);
  await store.append([draft]);
  const loaded = await store.load();
  readAgain(around, loaded);
  tools.setTodos(loaded.todos);
  if (options.files !== true) return { promptText };
  return { promptText, files: await tools.checkpoints.undoFrom({ itemId: beforeItemId, atMs }, 'leave') };
}

export interface TurnRunOptions extends Pick<TurnRequest, 'turnId' | 'startedAtMs' | 'control' | 'steering' | 'resumed'> {
  readonly opened: OpenedTurn;
  readonly onEnded: (result: TurnResult) => void;
}

/** Resolves when the turn has ended and everything it wrote is on disk. */
export async function runSessionTurn(around: TurnSurroundings, options: TurnRunOptions): Promise<void> {
  const { identity, deps, store, view, conversation, broker, tools, systemPrompt, hooks } = around;
  const { clock, logger, registry } = deps;
  hooks.turnBegins(options.control);
  const [{ limits, allowsLoops, compactAt }, environment] = await Promise.all([
    identity.project.runSettings(),
    identity.project.lookupEnv(),
  ]);
  const parallelCalls = parallelCallsOf(environment);
  const maxTurns = identity.options.maxTurns ?? limits.maxTurns;
  const maxToolCalls = identity.options.maxToolCalls ?? limits.maxToolCalls;
  const stopTimer = limitTime(around, options.control, limits.maxWallTimeMs);
  await awaitServers(around, options.control.signal);
  revealAgain(around);
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
      ...(maxTurns === undefined ? {} : { maxTurns }),
      ...(maxToolCalls === undefined ? {} : { maxToolCalls }),
      ...(parallelCalls === undefined ? {} : { parallelCalls }),
      allowsLoops,
    },
    steering: options.steering,
    ...(options.resumed === undefined ? {} : { resumed: options.resumed }),
    beforeEnd: (text) => hooks.beforeEnd(text, options.control.signal),
    async afterCalls(calls) {
      const words = [await around.skillNews(), await hooks.afterCalls(calls, options.control.signal)].filter((text) => text !== undefined);
      return words.length === 0 ? undefined : words.join('\n\n');
    },
    context: {
      usage: conversation.usage,
      compactAt,
      compactions: conversation.compactions,
      compacting: (moment, words) => hooks.compacting(moment, { trigger: 'auto', words }, options.control.signal),
    },
    takeUsage: around.spent.take,
    retry: options.opened.retry,
    clock,
    logger,
  });
  const telemetry = createTelemetryRecords({
    promptId: `${identity.id}########${options.turnId}`,
    modelId: options.opened.found?.modelId ?? '',
    nowMs: () => clock.now(),
  });
  const turn = driveTurn(hooks.display(outputs, options.control.signal), {
    control: options.control,
    view,
    store,
    logger,
    telemetry,
    onMessage: conversation.add,
    onReplaced: conversation.replaceHistory,
    onMeasured: conversation.measured,
    onRecorded: () => conversation.touch(clock.now()),
    async onEnded(result) {
      await markEnd(around, result, [...telemetry.ended(result), ...changesDraft(tools.checkpoints.changedPaths())]);
      hooks.turnEnded(result);
      options.onEnded(result);
    },
  });
  await turn.finally(stopTimer);
  await store.sync();
}

/** One after the other, so that they stand in the request as they did. What a server brings later is found with the next turn. */
function revealAgain({ deps: { registry }, conversation }: TurnSurroundings): void {
  for (const name of conversation.revealed()) {
    void registry.schemas;
    registry.reveal([name]);
  }
}

/** Source: docs/formats.md 4.2. What is no number from 1 on counts as not set. */
function parallelCallsOf(environment: Environment): number | undefined {
  const wanted = Number.parseInt(environment['QWEN_CODE_MAX_TOOL_CONCURRENCY'] ?? '', 10);
  return wanted >= 1 ? wanted : undefined;
}

/** `model.maxWallTimeSeconds`: the turn is cancelled, and a row says why. Returns what ends the waiting. */
function limitTime({ deps, view }: TurnSurroundings, control: TurnRunOptions['control'], limitMs: number | undefined): () => void {
  if (limitMs === undefined) return () => undefined;
  return deps.clock.after(limitMs, () => {
    const text = `Stopped after ${limitMs / 1000} s, the limit in the settings (model.maxWallTimeSeconds).`;
    view.addItem({ kind: 'notice', id: ItemId.parse(randomUUID()), createdAtMs: deps.clock.now(), level: 'warning', text });
    control.cancel();
  });
}

/**
 * Without the mark a file that ends in a question the user has stopped would look interrupted. Neither it nor the figures
 * must keep the turn from ending.
 */
async function markEnd({ store, deps }: TurnSurroundings, { end }: TurnResult, figures: readonly RecordDraft[]): Promise<void> {
  const mark: RecordDraft = { type: 'system', subtype: TURN_END_SUBTYPE, systemPayload: { end: 'cancelled' } };
  const drafts = end === 'cancelled' ? [...figures, mark] : figures;
  if (drafts.length === 0) return;
  try {
    await store.append(drafts);
  } catch (error) {
    deps.logger.warn('The end of a turn was not written', { error: String(error) });
  }
}

/** Which files the turn has changed, for whoever reads the file; Qwen Code skips subtypes it does not know. */
function changesDraft(paths: readonly string[]): readonly RecordDraft[] {
  if (paths.length === 0) return [];
  return [{ type: 'system', subtype: 'gantry_checkpoint', systemPayload: { paths } }];
}

/** The end of a turn that broke off without telling one. */
export function brokenResult(turnId: TurnId): TurnResult {
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };
  const error = { code: 'internal', message: 'The turn stopped because of an internal error. The log has the details.' } as const;
  return { turnId, end: 'failed', usage, durationMs: 0, apiDurationMs: 0, modelRequests: 0, error, denied: [] };
}

/** What was asked for wins over what the session used last; a bare model id is looked up by the first turn. */
export function startingModel(wanted: SessionOptions['model'], last: ModelRef | undefined): ModelRef | undefined {
  if (wanted === undefined) return last;
  return 'providerId' in wanted ? wanted : undefined;
}
