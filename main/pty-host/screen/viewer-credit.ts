/**
 * How far a viewer is behind. Pure; every function returns the next value.
 * Units: bytes, cumulative for each viewer, replays included, so that the next ack makes up for a lost one.
 * A large replay does not count against a viewer: only bytes sent after it count towards lagging.
 * Source: docs/background-tasks.md, "Limits".
 */

export const LAGGING_ABOVE_BYTES = 256 * 1024;
export const RESYNC_BELOW_BYTES = 16 * 1024;

export interface ViewerCredit {
  readonly sentBytes: number;
  readonly parsedBytes: number;
  /** `sentBytes` right after the last replay. */
  readonly replayedBytes: number;
  readonly isLagging: boolean;
}

export const NEW_CREDIT: ViewerCredit = { sentBytes: 0, parsedBytes: 0, replayedBytes: 0, isLagging: false };

export function isOverCredit(credit: ViewerCredit): boolean {
  return credit.sentBytes - Math.max(credit.parsedBytes, credit.replayedBytes) > LAGGING_ABOVE_BYTES;
}

export function withSent(credit: ViewerCredit, bytes: number): ViewerCredit {
  return { ...credit, sentBytes: credit.sentBytes + bytes };
}

export function withReplay(credit: ViewerCredit, bytes: number): ViewerCredit {
  const sentBytes = credit.sentBytes + bytes;
  return { ...credit, sentBytes, replayedBytes: sentBytes, isLagging: false };
}

export function asLagging(credit: ViewerCredit): ViewerCredit {
  return { ...credit, isLagging: true };
}

/** Acks are cumulative: an ack older than the last is ignored, and one beyond the sent bytes is capped. */
export function withAck(credit: ViewerCredit, parsedBytes: number): ViewerCredit {
  return { ...credit, parsedBytes: Math.min(credit.sentBytes, Math.max(credit.parsedBytes, parsedBytes)) };
}

/** A lagging viewer that has parsed nearly all it got is ready for a fresh replay. */
export function isReadyForReplay(credit: ViewerCredit): boolean {
  return credit.isLagging && credit.sentBytes - credit.parsedBytes < RESYNC_BELOW_BYTES;
}
