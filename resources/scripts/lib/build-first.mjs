/** Before the tests of the project `node` in `vite.config.ts`: builds if a source is newer than the last build (5 s). */
import { ensureBuilt } from './build.mjs';

export default async function setup() {
  if (!(await ensureBuilt())) throw new Error('The build failed: its errors are above.');
}
