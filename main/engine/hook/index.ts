/** Hooks: the user's commands, web addresses and prompts, which run at certain moments and may decide. */
export type { HookAnswer } from './hook-answer.ts';
/** A registry and a broker whose calls pass through hooks. */
export { createHookedTools, type HookedTools } from './hooked-tools.ts';
/** The guard of running hooks. Ownership: closed with the engine. */
export { openHookGroups } from './hook-groups.ts';
/** Runs the hooks of an event; never rejects. */
export { type HookCall, type HookPlace, runHooks } from './hooks.ts';
