/** Hooks: commands, web addresses and prompts of the user's that are run at certain moments and may have a say. */
export type { HookAnswer } from './hook-answer.ts';
/** A registry and a broker whose calls are seen by hooks. */
export { createHookedTools, type HookedTools } from './hooked-tools.ts';
/** The guard of hooks that run. Ownership: closed with the engine. */
export { openHookGroups } from './hook-groups.ts';
/** Runs the hooks of an event; never rejects. */
export { type HookCall, type HookPlace, runHooks } from './hooks.ts';
