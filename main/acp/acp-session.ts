/**
 * One session that an ACP client has open: its updates in order, its questions, its prompts. Other clients may have the same session
 * open; what they do is shown here too.
 */
import { randomUUID } from 'node:crypto';
import {
  type AgentContext,
  type ContentBlock,
  methods,
  type PromptResponse,
  type SessionUpdate,
  type ToolCallContent,
} from '@agentclientprotocol/sdk';
import {
  type Approval,
  type CommandAnswer,
  type HostEvent,
  isTerminalStatus,
  type ProjectSummary,
  type SessionId,
  type SessionSnapshot,
  type TurnEnd,
} from '../../preload/contract/index.ts';
import {
  answerSlash,
  COMPRESSION_BEGINS,
  commandsUpdate,
  compressionEnd,
  createOutbox,
  createUpdateMapper,
  describeModel,
  type DiffDisplay,
  isCompression,
  readRows,
  replayedUpdates,
  type SessionChoices,
  shownDiff,
  slashChunk,
  toChoices,
  toMode,
  toModelRef,
  toPermissionRequest,
  toPromptContent,
} from '../acp-shapes/index.ts';
import { EngineError, type SessionHandle } from '../engine/index.ts';
import type { AcpHost } from './acp-host.ts';
import { createClientEditor, type EditorFacts } from './client-editor.ts';
import { createClientQuestions } from './client-questions.ts';
import { createLiveOutput } from './live-output.ts';
import { createPromptTurns } from './prompt-turns.ts';
import { failed } from './request-errors.ts';

export interface AcpSession {
  readonly id: SessionId;
  /** When it was opened. */
  readonly hasRunningTasks: boolean;
  /** Errors: `RequestError`; those of `SessionHandle.prompt`. */
  prompt(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<PromptResponse>;
  /** Nothing happens if nothing runs. */
  cancel(): Promise<void>;
  setMode(modeId: string, signal: AbortSignal): Promise<void>;
  /** Returns what clients of Qwen Code show. */
  setModel(modelId: string): Promise<Readonly<Record<string, unknown>>>;
  choices(): Promise<SessionChoices>;
  /** Sends the transcript, oldest row first, and resolves when the client has it. */
  replay(): Promise<void>;
  /** What follows the answer that opened the session: its commands, and what waits for the user. */
  greet(): void;
  /** The session stays open in the engine. */
  close(): void;
}

export interface AcpSessionDeps {
  readonly host: AcpHost;
  readonly client: AgentContext;
  readonly project: ProjectSummary;
  /** Events since the snapshot are in `earlier`. */
  readonly snapshot: SessionSnapshot;
  readonly earlier: readonly HostEvent[];
  /** `replay` follows: events wait until the transcript before them was sent. */
  readonly replays: boolean;
  readonly editor: EditorFacts;
}

const STOP_REASONS = {
  completed: 'end_turn',
  cancelled: 'cancelled',
  interrupted: 'cancelled',
  max_turns: 'max_turn_requests',
} as const satisfies Record<Exclude<TurnEnd, 'failed'>, PromptResponse['stopReason']>;

export function createAcpSession({ host, client, project, snapshot, earlier, replays, editor: facts }: AcpSessionDeps): AcpSession {
  const { engine, logger } = host;
  const { id } = snapshot.summary;
  const prompts = createPromptTurns();
  let { mode, model } = snapshot;
  let lastAnswerId: string | undefined;
  let lastAnswer: CommandAnswer | undefined;
  let isReplayed = !replays;
  const held: HostEvent[] = [];

  const outbox = createOutbox((update) => client.notify(methods.client.session.update, { sessionId: id, update }));
  const mapper = createUpdateMapper({
    root: project.path,
    nowMs: () => host.clock.now(),
    isOwnPrompt: prompts.has,
    isPrompting: prompts.isWaiting,
    diff,
  });
  const questions = createClientQuestions({
    client,
    logger,
    session: () => engine.sessions.get(id),
    upToDate: outbox.settled,
    toRequest,
    inputOf: mapper.inputOf,
  });
  const editor = { ...createClientEditor(client, id, facts), onToolResult: mapper.noteResult };
  let handle = engine.sessions.get(id);
  let disconnect = handle.connectEditor(editor);
  const live = createLiveOutput({
    clock: host.clock,
    readText: (taskId) => engine.tasks.readText(taskId),
    push: outbox.push,
    isRunning: (toolCallId) => mapper.inputOf(toolCallId) !== undefined,
  });
  const stopWatching = host.watch(id);
  const unsubscribe = engine.subscribe(receive);
  for (const event of earlier) receive(event);

  function receive(event: HostEvent): void {
    if (event.event === 'session.removed' && event.data.sessionId === id) return prompts.dropAll();
    if (event.event === 'task.changed' && event.data.task.sessionId === id) return live.changed(event.data.task);
    if (!('sessionId' in event.data) || event.data.sessionId !== id) return;
    if ('seq' in event.data && event.data.seq <= snapshot.seq) return;
    if (isReplayed) take(event);
    else held.push(event);
  }

  function take(event: HostEvent): void {
    if (event.event === 'session.modeChanged') mode = event.data.mode;
    if (event.event === 'session.modelChanged') model = event.data.model;
    if (event.event === 'item.added' && event.data.item.kind === 'assistant') lastAnswerId = event.data.item.id;
    if (event.event === 'item.added' && event.data.item.kind === 'notice' && event.data.item.content?.code === 'command_answer')
      lastAnswer = event.data.item.content.answer;
    for (const update of mapper.event(event)) outbox.push(update);
    if (event.event === 'session.modeChanged') notifyClient('qwen/notify/session/mode-update', { currentModeId: mode });
    if (event.event === 'session.modeChanged' || event.event === 'session.modelChanged')
      outbox.push(async () => [{ sessionUpdate: 'config_option_update', configOptions: (await choices()).configOptions }]);
    questions.event(event);
    prompts.event(event);
  }

  /** Clients of Qwen Code follow the session by these messages. */
  function notifyClient(method: string, params: object): void {
    client
      .notify(method, { v: 1, sessionId: id, ...params })
      .catch((error: unknown) => logger.debug('A notification was not sent', { method, error: String(error) }));
  }

  async function choices(): Promise<SessionChoices> {
    const { providers } = await engine.providers.list(project.id);
    return toChoices({
      mode,
      model,
      providers: providers.filter(({ protocol, id: own }) => protocol !== 'demo' || own === model?.providerId),
    });
  }

  function diff(display: DiffDisplay, side: 'before' | 'after'): Promise<ToolCallContent> {
    return shownDiff(display, side, { root: project.path, files: editor.files });
  }

  async function toRequest(approval: Approval) {
    const { display, toolCallId } = approval;
    const shown = display.kind === 'diff' ? await diff(display, 'before') : undefined;
    return toPermissionRequest(approval, { root: project.path, input: mapper.inputOf(toolCallId), diff: shown });
  }

  /** It may have left memory, or been closed by another client. */
  async function open(): Promise<SessionHandle> {
    await engine.sessions.open(project.id, id, host.sessionOptions);
    const opened = engine.sessions.get(id);
    if (opened !== handle) {
      disconnect();
      handle = opened;
      disconnect = handle.connectEditor(editor);
    }
    return handle;
  }

  /** The answer to a slash command that needs no turn; undefined: the text is a prompt. */
  async function toSlashUpdate(session: SessionHandle, text: string): Promise<SessionUpdate | undefined> {
    const isLong = isCompression(text);
    if (isLong) outbox.push(COMPRESSION_BEGINS);
    lastAnswer = undefined;
    const answer = await answerSlash(session, text);
    if (answer === undefined) return undefined;
    return isLong ? compressionEnd(answer, lastAnswer) : slashChunk(answer);
  }

  async function runPrompt(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<PromptResponse> {
    const { text, attachments } = toPromptContent(blocks, project.path);
    const localId = randomUUID();
    const session = await open();
    await host.confirm?.('session.prompt', { sessionId: id, text, localId }, { signal });
    const said = await toSlashUpdate(session, text);
    if (said !== undefined) {
      outbox.push(said);
      return { stopReason: 'end_turn' };
    }
    const end = prompts.wait(localId);
    try {
      const { turnId } = await session.prompt(text, localId, { attachments });
      if (turnId !== undefined) prompts.started(localId, turnId);
    } catch (error) {
      prompts.forget(localId);
      throw error;
    }
    return toResponse(await end);
  }

  function toResponse(end: Awaited<ReturnType<typeof prompts.wait>>): PromptResponse {
    if (end.kind === 'dropped') return { stopReason: 'cancelled' };
    if (end.kind === 'held')
      throw failed('internal', 'The turn for this prompt could not start. Open the session in Gantry to see why, and send it again.');
    const { result } = end;
    if (result.end === 'failed')
      throw failed(result.error?.code ?? 'internal', result.error?.message ?? 'The turn failed; its last row says why.');
    const branch =
      lastAnswerId === undefined || result.end !== 'completed'
        ? {}
        : { _meta: { 'qwen.branchPoint': { assistantRecordUuid: lastAnswerId } } };
    return { stopReason: STOP_REASONS[result.end], ...branch };
  }

  async function cancel(): Promise<void> {
    const session = engine.sessions.get(id);
    const queued = prompts.queued();
    await Promise.all(queued.map((localId) => session.work.unqueue(localId)));
    for (const localId of queued) prompts.drop(localId);
    if (queued.length > 0 && !prompts.isWaiting()) return; // the turn that runs is another client's
    try {
      session.work.cancel();
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'turn_not_running')) throw error; // nothing runs, which was the aim
    }
  }

  return {
    id,
    hasRunningTasks: snapshot.tasks.some(({ status }) => !isTerminalStatus(status)),
    choices,
    cancel,
    async prompt(blocks, signal) {
      const stop = () => void cancel().catch(() => undefined); // the prompt's own end reports what happened
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await runPrompt(blocks, signal);
      } finally {
        signal.removeEventListener('abort', stop);
        await outbox.settled();
      }
    },
    async setMode(modeId, signal) {
      const wanted = toMode(modeId);
      await host.confirm?.('session.setMode', { sessionId: id, mode: wanted }, { signal });
      (await open()).setMode(wanted);
      await outbox.settled();
    },
    async setModel(modelId) {
      const { providers } = await engine.providers.list(project.id);
      const wanted = toModelRef(modelId, providers);
      (await open()).setModel(wanted);
      notifyClient('qwen/notify/session/model-update', { currentModelId: (await choices()).models.currentModelId });
      await outbox.settled();
      return describeModel(wanted, providers);
    },
    async replay() {
      for (const update of replayedUpdates(await readRows(engine.sessions.get(id), snapshot), mapper)) outbox.push(update);
      isReplayed = true;
      for (const event of held.splice(0)) take(event);
      await outbox.settled();
    },
    greet() {
      outbox.push(async () => [await commandsUpdate(engine, project.id)]);
      questions.pending(snapshot);
    },
    close() {
      unsubscribe();
      live.close();
      disconnect();
      questions.close();
      prompts.dropAll();
      stopWatching();
    },
  };
}
