/** What a session keeps of how full its context is. Units: tokens. */

/** `counted` is 0 where no provider has counted; then `added` is the whole history, without prompt and tools. */
export interface ContextUse {
  readonly counted: number;
  readonly added: number;
}

/** What a session remembers of its summaries. */
export interface CompactionRecord {
  /** In a row. */
  failures: number;
  tokensAfterLast: number;
}
