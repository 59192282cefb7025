/**
 * For the environment of a Gantry that a test starts from its source: Node then reuses what an earlier start has compiled.
 * A start takes half of the time. `vite.config.ts` sets the folder.
 */
const folder = process.env['NODE_COMPILE_CACHE'];
export const COMPILE_CACHE: Readonly<Record<string, string>> = folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
