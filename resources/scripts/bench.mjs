/** `npm run bench -- <name> [arguments]`: runs bench/<name>.ts; without a name, lists the benchmarks. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { assertNode, ROOT, runNode } from './lib/run.mjs';
import { prepareDesktop } from './lib/test-electron.mjs';

assertNode();
const [name, ...args] = process.argv.slice(2);
const folder = join(ROOT, 'bench');
const known = existsSync(folder) ? readdirSync(folder).flatMap((file) => (/^[^.]+\.ts$/.test(file) ? [file.slice(0, -3)] : [])) : [];
if (name === undefined || !known.includes(name)) {
  console.error(`Which benchmark? npm run bench -- <${known.join(' | ') || 'there is none yet'}>`);
  process.exit(1);
}
if (!(await ensureBuilt())) process.exit(1);
const { env, stop } = await prepareDesktop();
const { code } = await runNode([join(folder, `${name}.ts`), ...args], { env });
stop?.();
process.exit(code);
