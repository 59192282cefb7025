/** Sessions that need not be open: index, pages, search, trash, archive, export. */
export { createIndexCache } from './index-cache.ts';
export { createKeptPrompts, type KeptPrompts, keptPromptsFolder, NOTHING_KEPT } from './kept-prompts.ts';
export { createSessionCatalog, SESSION_ID } from './session-catalog.ts';
export { createSessionIndex } from './session-index.ts';
export { readUsage } from './usage-history.ts';
export { createStoredSessions, type StoredSessionsDeps } from './stored-sessions.ts';
