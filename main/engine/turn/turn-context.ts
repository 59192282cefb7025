/** The input of a turn, and its running state: phase, usage, requests, denied calls. */
import {
  type NoticeContent,
  defined,
  type ItemId,
  type QueuedPrompt,
  type RunningTurn,
  type ToolItem,
  type TurnEnd,
  type TurnId,
  type TurnResult,
  type Usage,
} from '../../../preload/contract/index.ts';
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

/** Returns the wait before the next attempt; undefined: no further attempt. `attempt` counts the failed ones, from 1. */
export type RetryDecision = (
  failure: ProviderFailure,
  attempt: number,
) => { readonly delayMs: number; readonly capacityAttempt?: number } | undefined;

/**
 * Prompts that the user sent during the turn, for the next tool boundary.
 * Order: prompts returned by `take` have left the queue. `onWritten` follows once they are on disk, `restore` if they could not be written.
 */
export interface SteeringPrompts {
  take(): readonly QueuedPrompt[];
  /** The attachments of a prompt; never rejects. */
  contentOf(prompt: QueuedPrompt): Promise<PromptContent>;
  /** The id that its record must have; undefined: any. */
  recordIdOf(prompt: QueuedPrompt): ItemId | undefined;
  onWritten(prompts: readonly QueuedPrompt[]): void;
  restore(prompts: readonly QueuedPrompt[]): void;
}

/** `item` is its row; `approvedCall` identifies what was shown and allowed. */
export interface ResumedCall {
  readonly call: ModelToolCall;
  readonly item: ToolItem;
  readonly approvedCall: string;
}

/** A message for the model that the row repeats. `content` is absent if it is more than the words of a hook. */
export interface CallsMessage {
  readonly text: string;
  readonly content?: NoticeContent;
}

export interface TurnRequest {
  readonly turnId: TurnId;
  readonly startedAtMs: number;
  readonly control: TurnControl;
  /** Errors: `EngineError`; they become the end of the turn. */
  readonly resolveModel: () => Promise<ResolvedModel>;
  /** Constant for a session, so that providers can cache it. */
  readonly systemPrompt: () => Promise<string>;
  /** The current history; it grows with each `message` output. */
  readonly history: () => readonly ModelMessage[];
  readonly registry: ToolRegistry;
  readonly toolContext: (toolCallId: ItemId, progress: ToolContext['progress']) => ToolContext;
  readonly broker: ApprovalBroker;
  readonly readableFolders: readonly string[];
  /** Returns the given id, or a new one if the session already uses it. */
  readonly takeCallId: (id: string) => ItemId;
  readonly limits: TurnLimits;
  readonly steering: SteeringPrompts;
  /** Calls of an interrupted turn that the user has allowed now. They run before the first request. */
  readonly resumed?: readonly ResumedCall[];
  /** Called when the turn would end. Returns a message that makes the model continue; undefined: the turn ends. */
  readonly beforeEnd?: (lastText: string) => Promise<string | undefined>;
  /** Awaited when all calls of an answer have ended. Returns a message about them for the model, or undefined. */
  readonly afterCalls?: (calls: readonly EndedCall[]) => Promise<CallsMessage | undefined>;
  readonly context: {
    readonly usage: () => ContextUse;
    /** Share of the window. */
    readonly compactAt: number;
    readonly compactions: CompactionRecord;
    /** Awaited before and after a compaction; `summary` is empty before it. */
    readonly compacting?: (moment: 'before' | 'after', summary: string) => Promise<void>;
  };
  /** Returns the usage of subagents since the last call; it is added to the usage of the turn. */
  readonly takeUsage?: () => Usage | undefined;
  /** Called with the text for the model when a call has ended, before its row changes. */
  readonly onToolResult?: (callId: ItemId, text: string) => void;
  readonly retry: RetryDecision;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface EndedCall {
  readonly call: ModelToolCall;
  readonly result: ModelToolResult;
}

/** Absent: no limit; for `parallelCalls`: 10. */
export interface TurnLimits {
  readonly maxTurns?: number;
  readonly maxToolCalls?: number;
  /** Read-only calls of one answer that run in parallel. */
  readonly parallelCalls?: number;
  /** `model.skipLoopDetection`: neither equal calls nor repeated text end the turn. */
  readonly allowsLoops?: boolean;
}

export interface TurnFailure {
  readonly code: ProviderFailure['code'];
  readonly message: string;
}

export interface TurnRun {
  readonly request: TurnRequest;
  /** Moves the state machine and returns what is to be published. An illegal input is logged and changes nothing. */
  advance(input: Exclude<TurnInput, { kind: 'ended' }>, retry?: RunningTurn['retry']): readonly TurnOutput[];
  setCompacting(isCompacting: boolean): readonly TurnOutput[];
  countRequest(): void;
  countApiTime(ms: number): void;
  addUsage(usage: Usage): readonly TurnOutput[];
  /** Returns the number of calls started so far, including this one. */
  countToolCall(): number;
  addDenied(denied: TurnResult['denied'][number]): void;
  /** The app closes while an approval is pending: the turn ends as interrupted, not as cancelled. */
  markInterrupted(): void;
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
  let isInterrupted = false;

  const countUsage = (more: Usage | undefined) => {
    if (more !== undefined) usage = usage === undefined ? more : sum(usage, more);
  };

  function toTurn(retry?: RunningTurn['retry']): RunningTurn {
    countUsage(request.takeUsage?.());
    return {
      id: request.turnId,
      phase: state.phase === 'ended' ? 'preparing' : state.phase,
      startedAtMs: request.startedAtMs,
      ...defined({ usage }),
      ...(compacting ? { compacting } : {}),
      ...defined({ retry }),
    };
  }

  return {
    request,
    advance(input, retry) {
      const next = transitionTurn(state, input);
      if (!next.ok) {
        request.logger.warn('A turn refused a transition', { turnId: request.turnId, refused: next.refused });
        return [];
      }
      state = next.state;
      return next.publish === 'nothing' ? [] : [{ kind: 'turn_changed', turn: toTurn(retry) }];
    },
    setCompacting(isCompacting) {
      compacting = isCompacting;
      return [{ kind: 'turn_changed', turn: toTurn() }];
    },
    countRequest: () => void (modelRequests += 1),
    countApiTime: (ms) => void (apiDurationMs += ms),
    addUsage(more) {
      countUsage(more);
      return [{ kind: 'turn_changed', turn: toTurn() }];
    },
    countToolCall: () => (toolCalls += 1),
    addDenied: (entry) => void denied.push(entry),
    markInterrupted: () => void (isInterrupted = true),
    requests: () => modelRequests,
    finish(how, failure) {
      const end = how === 'cancelled' && isInterrupted ? 'interrupted' : how;
      const next = transitionTurn(state, { kind: 'ended', end });
      if (next.ok) state = next.state;
      countUsage(request.takeUsage?.());
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
