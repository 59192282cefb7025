/** Open sessions: the conversation, its queue, its turns and what clients see of them. */
export type { SessionDeps } from './session-deps.ts';
export { createSessions } from './sessions.ts';
