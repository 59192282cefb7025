/** What a session's file tools have changed: kept, shown, undone. */
export { checkpointFolder, openCheckpointFiles } from './checkpoint-files.ts';
/** Errors: see `Checkpoints`. Ownership: one a session; nothing needs to be closed. */
export { type Checkpoints, createCheckpoints } from './checkpoints.ts';
