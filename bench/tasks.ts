/**
 * Background tasks under load. `npm run bench -- tasks [flood | steady | promote | many | memory ...] [--out file]` Prints one
 * JSON object; without names all parts run in sequence. Ratios are from the same run, on the same machine.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figures } from './tasks/figures.ts';
import { measureFlood } from './tasks/flood.ts';
import { measureMany } from './tasks/many.ts';
import { measureMemory } from './tasks/memory.ts';
import { measurePromote } from './tasks/promote.ts';
import { measureSteady } from './tasks/steady.ts';

const PARTS: Readonly<Record<string, () => Promise<Figures>>> = {
  flood: measureFlood,
  steady: measureSteady,
  promote: measurePromote,
  many: measureMany,
  memory: measureMemory,
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}

// With --out, parts that do not run keep the figures of an earlier run.
const kept: unknown = values.out === undefined ? {} : JSON.parse(await readFile(values.out, 'utf8').catch(() => '{}'));
const result: Record<string, unknown> = typeof kept === 'object' ? { ...kept } : {};
const loadNow = () => loadavg().map((load) => Number(load.toFixed(2)));
for (const name of positionals.length === 0 ? Object.keys(PARTS) : positionals) {
  const loadBefore = loadNow();
  const startedAt = performance.now();
  const figures = await PARTS[name]?.();
  result[name] = { ...figures, seconds: Math.round((performance.now() - startedAt) / 1000), cores: cpus().length, loadBefore };
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
}
console.log(JSON.stringify(result, null, 2));
process.exit(0); // a browser that is slow to close must not hold the shell
