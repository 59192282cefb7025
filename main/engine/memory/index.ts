/** Memory files: which exist, in which order, with their imports, within limits. */
export { loadMemory, type Memory, type MemoryFile, type MemoryRequest } from './load-memory.ts';
export type { LeftOut } from './read-memory.ts';
