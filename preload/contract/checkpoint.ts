import * as z from 'zod/mini';
import { ItemId } from './ids.ts';

/**
 * A file that the agent's file tools have changed. Changes by commands are not included.
 * `state`: `changed` it is as the agent left it; `undone` it is as it was before; `touched` it has been changed again since.
 * `note` gives the reason why it cannot be undone.
 */
export const ChangedFile = z.object({
  /** Absolute. */
  path: z.string(),
  /** For users: relative inside the project. */
  shown: z.string(),
  change: z.enum(['created', 'edited']),
  state: z.enum(['changed', 'undone', 'touched']),
  canUndo: z.boolean(),
  note: z.optional(z.string()),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

/** A turn that changed files, or an undo, which can be undone as well. `itemId`: the prompt, if a prompt started it. */
export const TurnChanges = z.object({
  id: z.string(),
  kind: z.enum(['turn', 'undo']),
  /** The beginning of the prompt. */
  title: z.string(),
  atMs: z.number(),
  itemId: z.optional(ItemId),
  files: z.array(ChangedFile),
});
export type TurnChanges = z.infer<typeof TurnChanges>;

/** Why a file was not restored. */
export const UndoProblem = z.object({
  path: z.string(),
  shown: z.string(),
  why: z.enum(['touched', 'not_kept', 'moved', 'failed']),
  message: z.string(),
});
export type UndoProblem = z.infer<typeof UndoProblem>;

/** Without `turnId` all turns of the session; without `path` all files. */
export const ChangeChoice = z.object({
  turnId: z.optional(z.string().check(z.maxLength(100))),
  path: z.optional(z.string().check(z.minLength(1), z.maxLength(4096))),
});
export type ChangeChoice = z.infer<typeof ChangeChoice>;

/** What happens to files that have changed since: the whole undo is refused, they are skipped, or they are overwritten. */
export const OnTouched = z.enum(['refuse', 'leave', 'overwrite']);
export type OnTouched = z.infer<typeof OnTouched>;

/** `undone` is empty if `refuse` met a problem. */
export const UndoOutcome = z.object({ undone: z.array(z.string()), problems: z.array(UndoProblem) });
export type UndoOutcome = z.infer<typeof UndoOutcome>;
