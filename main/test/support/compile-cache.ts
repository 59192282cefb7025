/**
 * For the environment of a Gantry that a test starts: Node then reuses code compiled by an earlier start, which
 * halves the start time. `vite.config.ts` sets the folder.
 */
const folder = process.env['NODE_COMPILE_CACHE'];
export const COMPILE_CACHE: Readonly<Record<string, string>> = folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
