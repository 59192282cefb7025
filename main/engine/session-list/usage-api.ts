/** Units: tokens, ms. */
export interface ModelUse {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly thoughtsTokens: number;
  readonly totalTokens: number;
  readonly totalLatencyMs: number;
}

/** What one session has used. `timestamp`: its end. Times in ms since 1970. */
export interface SessionUse {
  readonly sessionId: string;
  readonly timestamp: number;
  readonly startTime: number;
  readonly models: Readonly<Record<string, ModelUse>>;
  readonly tools: { readonly totalCalls: number; readonly totalSuccess: number; readonly totalFail: number };
  readonly files: { readonly linesAdded: number; readonly linesRemoved: number };
}
