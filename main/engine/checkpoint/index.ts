/** The changes of a session's file tools: saved, shown, undone. */
export { checkpointFolder, openCheckpointFiles } from './checkpoint-files.ts';
/** Errors: see `Checkpoints`. Ownership: one per session; it needs no closing. */
export { type Checkpoints, createCheckpoints } from './checkpoints.ts';
