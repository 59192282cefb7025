/** The hooks of a session: when they run, which fields they receive, and how their answers are applied. */
import { randomUUID } from 'node:crypto';
import {
  type ApprovalMode,
  defined,
  ItemId,
  type TranscriptItem,
  type TurnId,
  type TurnResult,
} from '../../../../preload/contract/index.ts';
import type { SessionOptions } from '../../engine-api.ts';
import { parseCommand } from '../../command/index.ts';
import { EngineError } from '../../errors.ts';
import { createHookedTools, type HookAnswer, type HookCall, type HookedTools, type HookPlace, runHooks } from '../../hook/index.ts';
import type { MemoryFile } from '../../memory/index.ts';
import { describeNotice } from '../../transcript/index.ts';
import type { EndedCall, TurnControl, TurnOutput } from '../../turn/index.ts';
import type { SessionDeps, SessionIdentity } from '../session-deps.ts';
import type { SessionView } from '../session-view.ts';
import { reportDisplayed } from './displayed-messages.ts';
import { hookPlaceOf } from './hook-place.ts';
import { loadedCalls, toBatchCall } from './hook-fields.ts';

type NoticeItem = Extract<TranscriptItem, { kind: 'notice' }>;

/** The number of times a Stop hook may continue one turn. */
const MAX_CONTINUATIONS = 10;
/** Time limit for the hooks at the end of a session. Unit: ms. */
const END_MS = 3000;
/** Time limit for the hooks after the calls of an answer. Unit: ms. Source: 0.24. */
const BATCH_MS = 15_000;
/** A `statusMessage` is cut to one line of this length. Unit: UTF-16 code units. */
const MAX_STATUS_CHARS = 200;

export interface SessionHooks {
  readonly tools: HookedTools;
  /** For calls of another turn than the session's, such as a subagent's. */
  toolsOf(control: Pick<TurnControl, 'signal' | 'cancel'>): HookedTools;
  run(call: HookCall, signal: AbortSignal): Promise<HookAnswer>;
  /** A turn starts: its control ends the hooks of its calls. */
  turnBegins(control: Pick<TurnControl, 'signal' | 'cancel'>, turnId: TurnId): void;
  /**
   * Returns the prompt with the context that hooks add after it; undefined: nothing is added. Errors: `command_failed` if a hook
   * refuses the prompt.
   */
  prompt(text: string, expanded: string | undefined, signal: AbortSignal): Promise<string | undefined>;
  /** The message that makes the model continue instead of ending its turn; undefined: the turn may end. */
  beforeEnd(lastText: string, signal: AbortSignal): Promise<string | undefined>;
  turnEnded(result: TurnResult): void;
  /** What hooks tell the model about the calls of its answer; undefined: nothing. */
  afterCalls(calls: readonly EndedCall[], signal: AbortSignal): Promise<string | undefined>;
  /** Yields the same outputs and reports the model's text while it streams. */
  display(outputs: AsyncGenerator<TurnOutput, void>, signal: AbortSignal): AsyncGenerator<TurnOutput, void>;
  /** Memory files were read for the system text. Resolves when hooks have received all of them. */
  instructionsLoaded(files: readonly MemoryFile[], reason: 'session_start' | 'refresh'): Promise<void>;
  /** `text`: the user's instructions for the summary, or the summary itself. */
  compacting(moment: 'before' | 'after', about: { trigger: 'auto' | 'manual'; text: string }, signal: AbortSignal): Promise<void>;
  /** The last status message of the hooks that are running; undefined: none has one. */
  status(): string | undefined;
  /** Runs the hooks of the session's end, then stops everything that still runs. */
  close(): Promise<void>;
}

export interface SessionHooksOptions {
  readonly identity: SessionIdentity;
  readonly deps: SessionDeps;
  readonly view: SessionView;
  readonly mode: () => ApprovalMode;
  readonly model: () => SessionOptions['model'];
  readonly isResumed: () => boolean;
  /** `status` has changed. */
  readonly onChanged: () => void;
}

export function createSessionHooks(options: SessionHooksOptions): SessionHooks {
  const { identity, deps, view } = options;
  const running = new Map<symbol, string>();
  const place: HookPlace = {
    ...hookPlaceOf(options),
    reportRunning(statusMessage) {
      const key = Symbol(statusMessage);
      running.set(key, statusMessage.replace(/\s+/g, ' ').trim().slice(0, MAX_STATUS_CHARS).toWellFormed());
      options.onChanged();
      return () => {
        running.delete(key);
        options.onChanged();
      };
    },
  };
  const closing = new AbortController();
  let control: Pick<TurnControl, 'signal' | 'cancel'> = { signal: closing.signal, cancel: () => undefined };
  let continuations = 0;
  /** As in the telemetry of the turn; undefined before the first one. */
  let promptId: string | undefined;
  let hasStarted = false;
  let lastText = '';
  /** Context that hooks added when the conversation was summarized; it goes with the next prompt. */
  const afterCompaction: string[] = [];

  const showNotice = (shown: Pick<NoticeItem, 'level' | 'text' | 'content'>) =>
    view.addItem({ kind: 'notice', id: ItemId.parse(randomUUID()), createdAtMs: deps.clock.now(), ...shown });
  const showStop = (code: 'turn_stopped_by_hook' | 'subagent_stopped_by_hook', reason: string) => {
    const content = { code, reason };
    showNotice({ level: 'warning', text: describeNotice(content), content });
  };

  async function run(call: HookCall, signal: AbortSignal): Promise<HookAnswer> {
    const fields = { ...defined({ prompt_id: promptId }), ...call.fields };
    const answer = await runHooks(place, { ...call, fields }, AbortSignal.any([signal, closing.signal]));
    for (const text of answer.messages) showNotice({ level: 'quiet', text });
    return answer;
  }

  /** Before the first turn the session may have no model of its own: then the default is meant. */
  const modelName = async () => {
    const model = options.model() ?? (await deps.providers.defaultModel(identity.project).catch(() => undefined));
    return model?.modelId ?? '';
  };

  const stopTurn = (reason: string) => {
    showStop('turn_stopped_by_hook', reason);
    control.cancel();
  };
  const runInBackground = (call: HookCall) => void run(call, closing.signal);

  const notify = (message: string, type = 'permission_prompt') => {
    runInBackground({ event: 'Notification', subject: type, fields: { notification_type: type, title: 'Gantry', message } });
  };

  return {
    tools: createHookedTools({ run, signal: () => control.signal, onStop: stopTurn, onQuestion: notify }),
    toolsOf: (other) =>
      createHookedTools({
        run,
        signal: () => other.signal,
        onStop(reason) {
          showStop('subagent_stopped_by_hook', reason);
          other.cancel();
        },
        onQuestion: notify,
      }),
    run,
    turnBegins(next, turnId) {
      control = next;
      promptId = `${identity.id}########${turnId}`;
      continuations = 0;
    },
    async prompt(text, expanded, signal) {
      const calls: HookCall[] = [{ event: 'UserPromptSubmit', fields: { prompt: text } }];
      if (!hasStarted) {
        const source = options.isResumed() ? 'resume' : 'startup';
        calls.unshift({ event: 'SessionStart', subject: source, fields: { source, model: await modelName() } });
      }
      hasStarted = true;
      const command = expanded === undefined ? undefined : parseCommand(text);
      if (command !== undefined)
        calls.push({
          event: 'UserPromptExpansion',
          subject: command.name,
          fields: { command_name: command.name, command_args: command.args, prompt: expanded },
        });
      const context = afterCompaction.splice(0);
      for (const call of calls) {
        const answer = await run(call, signal);
        const refusal = call.event === 'SessionStart' ? answer.stop : (answer.block ?? answer.stop);
        if (refusal !== undefined) throw new EngineError('command_failed', `The prompt was not sent because a hook refused it: ${refusal}`);
        context.push(...answer.context);
      }
      return context.length === 0 ? expanded : `${expanded ?? text}\n\n[From a hook] ${context.join('\n')}`;
    },
    async beforeEnd(text, signal) {
      lastText = text;
      if (continuations >= MAX_CONTINUATIONS) return undefined;
      const fields = { stop_hook_active: continuations > 0, last_assistant_message: text };
      const answer = await run({ event: 'Stop', fields }, signal);
      if (answer.stop !== undefined || answer.block === undefined) return undefined;
      continuations += 1;
      return answer.block;
    },
    turnEnded({ end, error }) {
      if (end !== 'failed') return;
      const code = error?.code ?? 'internal';
      const fields = { error: code, error_details: error?.message ?? '', last_assistant_message: lastText };
      runInBackground({ event: 'StopFailure', subject: code, fields });
    },
    async afterCalls(calls, signal) {
      const fields = { tool_calls: calls.map(toBatchCall) };
      const answer = await run({ event: 'PostToolBatch', fields }, AbortSignal.any([signal, AbortSignal.timeout(BATCH_MS)]));
      if (answer.stop !== undefined) stopTurn(answer.stop);
      const messages = [...(answer.block === undefined ? [] : [answer.block]), ...answer.context];
      return messages.length === 0 ? undefined : messages.join('\n');
    },
    async *display(outputs, signal) {
      const hasDisplayHooks = await place.lists().then(
        ({ hooks }) => (hooks['MessageDisplay'] ?? []).length > 0,
        () => false, // as for every hook, unreadable settings contain no hooks
      );
      yield* hasDisplayHooks ? reportDisplayed(outputs, (fields) => run({ event: 'MessageDisplay', fields }, signal), deps.clock) : outputs;
    },
    async instructionsLoaded(files, reason) {
      for (const call of loadedCalls(files, { reason, root: identity.project.root, qwenHome: deps.qwenHome }))
        await run(call, closing.signal);
    },
    async compacting(moment, { trigger, text }, signal) {
      if (moment === 'before') {
        await run({ event: 'PreCompact', subject: trigger, fields: { trigger, custom_instructions: text } }, signal);
        return;
      }
      await run({ event: 'PostCompact', subject: trigger, fields: { trigger, compact_summary: text } }, signal);
      const source = 'compact';
      const answer = await run({ event: 'SessionStart', subject: source, fields: { source, model: await modelName() } }, signal);
      if (answer.context.length > 0) afterCompaction.push(...answer.context);
    },
    status: () => [...running.values()].at(-1),
    async close() {
      if (closing.signal.aborted) return;
      const reason = 'other';
      if (hasStarted) await run({ event: 'SessionEnd', subject: reason, fields: { reason } }, AbortSignal.timeout(END_MS));
      closing.abort();
      hasStarted = false;
      deps.logger.debug('The hooks of a session have ended', { sessionId: identity.id });
    },
  };
}
