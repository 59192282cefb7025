/** What a turn is given, and the running account of it: phase, usage, requests, refusals. */
import type { ItemId, QueuedPrompt, RunningTurn, ToolItem, TurnEnd, TurnId, TurnResult, Usage } from '../../../preload/contract/index.ts';
import type { PromptContent } from '../mention/index.ts';
import type { ApprovalBroker } from '../approval/index.ts';
import type { Clock, Logger } from '../ports.ts';
import type { ModelMessage, ModelToolCall, ModelToolResult, ProviderFailure } from '../provider/provider.ts';
import type { ResolvedModel } from '../provider/registry-api.ts';
import type { ToolContext, ToolRegistry } from '../tool/index.ts';
import type { CompactionRecord, ContextUse } from './context-use.ts';
import type { TurnControl } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';
import { INITIAL_TURN_STATE, transitionTurn, type TurnInput } from './turn-state.ts';

/** The wait before the next attempt; undefined: no further attempt. `attempt` counts the failed ones, from 1. */
export type RetryDecision = (
  failure: ProviderFailure,
  attempt: number,
) => { readonly delayMs: number; readonly capacityAttempt?: number } | undefined;

/**
 * Prompts the user sent while the turn runs, for the next tool boundary.
 * Order: what `take` gave has left the queue; `told` follows once it is on disk, `giveBack` where it could not be written.
 */
export interface SteeringPrompts {
  take(): readonly QueuedPrompt[];
  /** What goes with one; never rejects. */
  contentOf(prompt: QueuedPrompt): Promise<PromptContent>;
  /** The id that its record must get; undefined: any. */
  recordIdOf(prompt: QueuedPrompt): ItemId | undefined;
  told(prompts: readonly QueuedPrompt[]): void;
  giveBack(prompts: readonly QueuedPrompt[]): void;
}

/** `item` is its row; `agreed` what was shown and allowed. */
export interface ResumedCall {
  readonly call: ModelToolCall;
  readonly item: ToolItem;
  readonly agreed: string;
}

export interface TurnRequest {
  readonly turnId: TurnId;
  readonly startedAtMs: number;
  readonly control: TurnControl;
  /** Errors: `EngineError`; they become the end of the turn. */
  readonly resolveModel: () => Promise<ResolvedModel>;
  /** Constant for a session, so that providers can cache it. */
  readonly systemPrompt: () => Promise<string>;
  /** The history as it is now; it grows by the `message` outputs. */
  readonly history: () => readonly ModelMessage[];
  readonly registry: ToolRegistry;
  readonly toolContext: (toolCallId: ItemId, progress: ToolContext['progress']) => ToolContext;
  readonly broker: ApprovalBroker;
  readonly readableFolders: readonly string[];
  /** The id as given, or another one where the session has it already. */
  readonly takeCallId: (id: string) => ItemId;
  readonly limits: TurnLimits;
  readonly steering: SteeringPrompts;
  /** Calls of an interrupted turn that the user has allowed now: they are run before the model is asked. */
  readonly resumed?: readonly ResumedCall[];
  /** Asked where the turn would end by itself: words for the model, or undefined to end. */
  readonly beforeEnd?: (lastText: string) => Promise<string | undefined>;
  /** Awaited when all calls of an answer have ended: words for the model about them, or undefined. */
  readonly afterCalls?: (calls: readonly EndedCall[]) => Promise<string | undefined>;
  readonly context: {
    readonly usage: () => ContextUse;
    /** Share of the window. */
    readonly compactAt: number;
    readonly compactions: CompactionRecord;
    /** Awaited before and after a summary is made; `summary` is empty before. */
    readonly compacting?: (moment: 'before' | 'after', summary: string) => Promise<void>;
  };
  /** What was spent beside the turn (by subagents) since it was asked last; it is added to the turn's. */
  readonly takeUsage?: () => Usage | undefined;
  readonly retry: RetryDecision;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface EndedCall {
  readonly call: ModelToolCall;
  readonly result: ModelToolResult;
}

/** Absent: no limit; of `parallelCalls` 10. */
export interface TurnLimits {
  readonly maxTurns?: number;
  readonly maxToolCalls?: number;
  /** Read-only calls of one answer that run at once. */
  readonly parallelCalls?: number;
  /** `model.skipLoopDetection`: neither equal calls nor repeated text end a turn. */
  readonly allowsLoops?: boolean;
}

export interface TurnFailure {
  readonly code: ProviderFailure['code'];
  readonly message: string;
}

export interface TurnRun {
  readonly request: TurnRequest;
  /** Moves the state machine; what is to be published comes back. An illegal input is logged and changes nothing. */
  advance(input: Exclude<TurnInput, { kind: 'ended' }>, retry?: RunningTurn['retry']): readonly TurnOutput[];
  tellCompacting(isCompacting: boolean): readonly TurnOutput[];
  countRequest(): void;
  countApiTime(ms: number): void;
  addUsage(usage: Usage): readonly TurnOutput[];
  /** How many calls have been started, this one included. */
  countToolCall(): number;
  addDenied(denied: TurnResult['denied'][number]): void;
  /** The app closes while a question stands: the turn is not cancelled but interrupted. */
  leaveQuestion(): void;
  readonly requests: () => number;
  finish(end: TurnEnd, failure?: TurnFailure): TurnOutput;
}

export function createTurnRun(request: TurnRequest): TurnRun {
  let state = INITIAL_TURN_STATE;
  let usage: Usage | undefined;
  let modelRequests = 0;
  let apiDurationMs = 0;
  let toolCalls = 0;
  let compacting = false;
  const denied: TurnResult['denied'] = [];
  let leftQuestion = false;

  const spend = (more: Usage | undefined) => {
    if (more !== undefined) usage = usage === undefined ? more : sum(usage, more);
  };

  function toTurn(retry?: RunningTurn['retry']): RunningTurn {
    spend(request.takeUsage?.());
    return {
      id: request.turnId,
      phase: state.phase === 'ended' ? 'preparing' : state.phase,
      startedAtMs: request.startedAtMs,
      ...(usage === undefined ? {} : { usage }),
      ...(compacting ? { compacting } : {}),
      ...(retry === undefined ? {} : { retry }),
    };
  }

  return {
    request,
    advance(input, retry) {
      const next = transitionTurn(state, input);
      if (!next.ok) {
        request.logger.warn('A turn refused a step', { turnId: request.turnId, refused: next.refused });
        return [];
      }
      state = next.state;
      return next.publish === 'nothing' ? [] : [{ kind: 'turn_changed', turn: toTurn(retry) }];
    },
    tellCompacting(isCompacting) {
      compacting = isCompacting;
      return [{ kind: 'turn_changed', turn: toTurn() }];
    },
    countRequest: () => void (modelRequests += 1),
    countApiTime: (ms) => void (apiDurationMs += ms),
    addUsage(more) {
      spend(more);
      return [{ kind: 'turn_changed', turn: toTurn() }];
    },
    countToolCall: () => (toolCalls += 1),
    addDenied: (entry) => void denied.push(entry),
    leaveQuestion: () => void (leftQuestion = true),
    requests: () => modelRequests,
    finish(how, failure) {
      const end = how === 'cancelled' && leftQuestion ? 'interrupted' : how;
      const next = transitionTurn(state, { kind: 'ended', end });
      if (next.ok) state = next.state;
      spend(request.takeUsage?.());
      const result: TurnResult = {
        turnId: request.turnId,
        end,
        usage: usage ?? NO_USAGE,
        durationMs: request.clock.now() - request.startedAtMs,
        apiDurationMs,
        modelRequests,
        ...(failure === undefined ? {} : { error: { code: failure.code, message: failure.message } }),
        denied,
      };
      return { kind: 'ended', result };
    },
  };
}

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };

function sum(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    thinkingTokens: a.thinkingTokens + b.thinkingTokens,
  };
}
