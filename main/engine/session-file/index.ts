/** One session on disk: its lines, the lease for writing them, and how they are loaded. */
export { interruptedText } from './interrupted-output.ts';
export { scanLines } from './line-file.ts';
export { emptySession, INTERRUPTED_NOTICE, type LoadedSession } from './load-session.ts';
export { isSameFolder } from './same-folder.ts';
export { writeBranch } from './session-branch.ts';
export { readEdges } from './session-edges.ts';
export { activeUuids, readChain } from './session-file.ts';
export { inspectSession } from './session-inspect.ts';
export { heldMessage } from './lease-process.ts';
export { acquireLease, findHolder } from './session-lease.ts';
export { type OpenFile, titleDraft } from './session-log.ts';
export { createSessionStore, type SessionStore } from './session-store.ts';
export { unrecordedStore } from './unrecorded-store.ts';
