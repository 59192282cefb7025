/** The hooks of a session: when they are run, what they see, and what comes of their words. */
import { randomUUID } from 'node:crypto';
import { type ApprovalMode, ItemId, type TurnResult } from '../../../../preload/contract/index.ts';
import type { SessionOptions } from '../../engine-api.ts';
import { parseCommand } from '../../command/index.ts';
import { EngineError } from '../../errors.ts';
import { createHookedTools, type HookAnswer, type HookCall, type HookedTools, type HookPlace, runHooks } from '../../hook/index.ts';
import type { MemoryFile } from '../../memory/index.ts';
import type { EndedCall, TurnControl, TurnOutput } from '../../turn/index.ts';
import type { SessionDeps, SessionIdentity } from '../session-deps.ts';
import type { SessionView } from '../session-view.ts';
import { tellDisplayed } from './displayed-messages.ts';
import { hookPlaceOf } from './hook-place.ts';
import { loadedCalls, toBatchCall } from './hook-fields.ts';

/** So often a Stop hook may send the model on in one turn. */
const MAX_GO_ON = 10;
/** What is run at the end of a session gets no more than this. Unit: ms. */
const END_MS = 3000;
/** What is run behind the calls of an answer gets no more than this. Unit: ms. Source: 0.24. */
const BATCH_MS = 15_000;
/** Of a `statusMessage`: one line. Unit: UTF-16 code units. */
const MAX_STATUS_CHARS = 200;

export interface SessionHooks {
  readonly tools: HookedTools;
  /** For calls that belong to another turn than the session's: a subagent's. */
  toolsOf(control: Pick<TurnControl, 'signal' | 'cancel'>): HookedTools;
  run(call: HookCall, signal: AbortSignal): Promise<HookAnswer>;
  /** A turn begins: its calls are asked about, and end, with it. */
  turnBegins(control: Pick<TurnControl, 'signal' | 'cancel'>): void;
  /**
   * What hooks add to a prompt, behind what the model reads; undefined: nothing. Errors: `command_failed` where one
   * refuses the prompt.
   */
  prompt(text: string, expanded: string | undefined, signal: AbortSignal): Promise<string | undefined>;
  /** What the model is told instead of ending its turn; undefined: it may end. */
  beforeEnd(lastText: string, signal: AbortSignal): Promise<string | undefined>;
  turnEnded(result: TurnResult): void;
  /** What the model is told of the calls of its answer; undefined: nothing. */
  afterCalls(calls: readonly EndedCall[], signal: AbortSignal): Promise<string | undefined>;
  /** The same outputs; the words of the model are told while they come. */
  display(outputs: AsyncGenerator<TurnOutput, void>, signal: AbortSignal): AsyncGenerator<TurnOutput, void>;
  /** Memory files were read for the system text. Resolves when all have been told. */
  instructionsLoaded(files: readonly MemoryFile[], reason: 'session_start' | 'refresh'): Promise<void>;
  /** `words`: what the user wants of the summary, or the summary itself. */
  compacting(moment: 'before' | 'after', about: { trigger: 'auto' | 'manual'; words: string }, signal: AbortSignal): Promise<void>;
  /** What the hooks that run now say they do, the last one's words; undefined: none says anything. */
  status(): string | undefined;
  /** Ends what still runs, after the hooks of the end. */
  close(): Promise<void>;
}

export interface SessionHooksOptions {
  readonly identity: SessionIdentity;
  readonly deps: SessionDeps;
  readonly view: SessionView;
  readonly mode: () => ApprovalMode;
  readonly model: () => SessionOptions['model'];
  readonly isResumed: () => boolean;
  /** `status` is another one. */
  readonly onChanged: () => void;
}

export function createSessionHooks(options: SessionHooksOptions): SessionHooks {
  const { identity, deps, view } = options;
  const running = new Map<symbol, string>();
  const place: HookPlace = {
    ...hookPlaceOf(options),
    tellRunning(statusMessage) {
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
  let goneOn = 0;
  let hasStarted = false;
  let lastText = '';
  /** What hooks have said when the conversation was summarized; it goes with the next prompt. */
  const afterCompaction: string[] = [];

  const say = (text: string, level: 'quiet' | 'warning' = 'quiet') =>
    view.addItem({ kind: 'notice', id: ItemId.parse(randomUUID()), createdAtMs: deps.clock.now(), level, text });

  async function run(call: HookCall, signal: AbortSignal): Promise<HookAnswer> {
    const answer = await runHooks(place, call, AbortSignal.any([signal, closing.signal]));
    for (const message of answer.messages) say(message);
    return answer;
  }

  const stopTurn = (reason: string) => {
    say(`A hook stopped the turn: ${reason}`, 'warning');
    control.cancel();
  };
  const beside = (call: HookCall) => void run(call, closing.signal);

  const notify = (message: string, type = 'permission_prompt') => {
    beside({ event: 'Notification', subject: type, fields: { notification_type: type, title: 'Gantry', message } });
  };

  return {
    tools: createHookedTools({ run, signal: () => control.signal, onStop: stopTurn, onQuestion: notify }),
    toolsOf: (other) =>
      createHookedTools({
        run,
        signal: () => other.signal,
        onStop(reason) {
          say(`A hook stopped a subagent: ${reason}`, 'warning');
          other.cancel();
        },
        onQuestion: notify,
      }),
    run,
    turnBegins(next) {
      control = next;
      goneOn = 0;
    },
    async prompt(text, expanded, signal) {
      const calls: HookCall[] = [{ event: 'UserPromptSubmit', fields: { prompt: text } }];
      if (!hasStarted) {
        const source = options.isResumed() ? 'resume' : 'startup';
        calls.unshift({ event: 'SessionStart', subject: source, fields: { source, model: options.model()?.modelId ?? '' } });
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
        if (refusal !== undefined) throw new EngineError('command_failed', `The prompt was not sent. A hook refused it: ${refusal}`);
        context.push(...answer.context);
      }
      return context.length === 0 ? expanded : `${expanded ?? text}\n\n[From a hook] ${context.join('\n')}`;
    },
    async beforeEnd(text, signal) {
      lastText = text;
      if (goneOn >= MAX_GO_ON) return undefined;
      const fields = { stop_hook_active: goneOn > 0, last_assistant_message: text };
      const answer = await run({ event: 'Stop', fields }, signal);
      if (answer.stop !== undefined || answer.block === undefined) return undefined;
      goneOn += 1;
      return answer.block;
    },
    turnEnded({ end, error }) {
      if (end !== 'failed') return;
      const code = error?.code ?? 'internal';
      const fields = { error: code, error_details: error?.message ?? '', last_assistant_message: lastText };
      beside({ event: 'StopFailure', subject: code, fields });
    },
    async afterCalls(calls, signal) {
      const fields = { tool_calls: calls.map(toBatchCall) };
      const answer = await run({ event: 'PostToolBatch', fields }, AbortSignal.any([signal, AbortSignal.timeout(BATCH_MS)]));
      if (answer.stop !== undefined) stopTurn(answer.stop);
      const words = [...(answer.block === undefined ? [] : [answer.block]), ...answer.context];
      return words.length === 0 ? undefined : `A hook says of these calls: ${words.join('\n')}`;
    },
    async *display(outputs, signal) {
      const isHeard = await place.lists().then(
        ({ hooks }) => (hooks['MessageDisplay'] ?? []).length > 0,
        () => false, // as for any hook: settings that cannot be read have none
      );
      yield* isHeard ? tellDisplayed(outputs, (fields) => run({ event: 'MessageDisplay', fields }, signal), deps.clock) : outputs;
    },
    async instructionsLoaded(files, reason) {
      for (const call of loadedCalls(files, { reason, root: identity.project.root, qwenHome: deps.qwenHome }))
        await run(call, closing.signal);
    },
    async compacting(moment, { trigger, words }, signal) {
      if (moment === 'before') {
        await run({ event: 'PreCompact', subject: trigger, fields: { trigger, custom_instructions: words } }, signal);
        return;
      }
      await run({ event: 'PostCompact', subject: trigger, fields: { trigger, compact_summary: words } }, signal);
      const source = 'compact';
      const begun = await run(
        { event: 'SessionStart', subject: source, fields: { source, model: options.model()?.modelId ?? '' } },
        signal,
      );
      if (begun.context.length > 0) afterCompaction.push(...begun.context);
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
