/** How full the context of a session is. Units: tokens. */

/** `counted` is 0 if no provider has counted; `added` is then the whole history, without system prompt and tools. */
export interface ContextUse {
  readonly counted: number;
  readonly added: number;
}

/** The history of compactions of a session. */
export interface CompactionRecord {
  /** Consecutive failures. */
  failures: number;
  tokensAfterLast: number;
}
