import * as z from 'zod/mini';

/** Branded string ids, so that one kind cannot be passed as another. All are opaque to the renderer. */
const id = <B extends string>(brand: B) => z.string().check(z.minLength(1), z.maxLength(200)).brand(brand);

export const ProjectId = id('ProjectId');
export const SessionId = id('SessionId');
export const TurnId = id('TurnId');
/** Id of a transcript item. A tool call's item has the tool call's own id. */
export const ItemId = id('ItemId');
/** `bg_` and 8 hex digits, from the first byte on. Source: docs/background-tasks.md, "The shape". */
export const TaskId = id('TaskId');
export const ApprovalId = id('ApprovalId');
export const ProviderId = id('ProviderId');

export type ProjectId = z.infer<typeof ProjectId>;
export type SessionId = z.infer<typeof SessionId>;
export type TurnId = z.infer<typeof TurnId>;
export type ItemId = z.infer<typeof ItemId>;
export type TaskId = z.infer<typeof TaskId>;
export type ApprovalId = z.infer<typeof ApprovalId>;
export type ProviderId = z.infer<typeof ProviderId>;

/** One attached terminal view; a number because every binary frame contains it. Unique per host process. */
export const ViewerId = z.int().check(z.nonnegative(), z.lte(0xffff_ffff)).brand('ViewerId');
export type ViewerId = z.infer<typeof ViewerId>;
