/** One turn: requests to the model, calls of tools, compaction, until the model has nothing left to do. */
export { compact, type CompactionEnd } from './compaction.ts';
export type { CompactionRecord, ContextUse } from './context-use.ts';
export { countUsedTokens } from './make-room.ts';
export { runTurn } from './run-turn.ts';
export { buildSystemContext, type SystemContext } from './system-context.ts';
export { estimateMessage, estimateMessages, estimateText } from './token-estimate.ts';
export type { EndedCall, ResumedCall, RetryDecision, SteeringPrompts, TurnRequest } from './turn-context.ts';
export { createTurnControl, type TurnControl } from './turn-control.ts';
export type { TurnOutput } from './turn-output.ts';
