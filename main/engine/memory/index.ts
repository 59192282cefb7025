/** Memory files: which there are, in which order, with their imports, within limits. The only door into the folder. */
export { loadMemory, type Memory, type MemoryFile, type MemoryRequest } from './load-memory.ts';
export type { LeftOut } from './read-memory.ts';
