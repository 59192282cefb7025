/**
 * `npm run check`: format, lint, types, boundaries, dead code, references; all offline, in seconds. Each job is a separate
 * process, two at a time. A failed job prints its output; a passed one prints one line. `npm run check -- lint types` runs only
 * the jobs named.
 */
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { assertNode, binOf, ROOT, runNode } from './lib/run.mjs';
import { join } from 'node:path';

assertNode();

/** Later runs check only what a change affects. */
const tsc = (project) => {
  const info = join(ROOT, 'node_modules/.cache/tsc', `${project.replaceAll('/', '-')}.tsbuildinfo`);
  return [binOf('@typescript/native', 'tsc'), '-p', project, '--incremental', '--tsBuildInfoFile', info];
};
const script = (name) => [join(ROOT, 'resources/scripts', name)];

/** The longest first, so that both lanes end at about the same time. */
const jobs = {
  boundaries: script('check-boundaries.mjs'),
  lint: [binOf('oxlint'), '--type-aware', '--quiet'],
  'dead code': [binOf('knip'), '--no-progress'],
  'types: main': tsc('main'),
  'types: renderer': tsc('renderer'),
  'types: e2e': tsc('e2e'),
  'types: contract': tsc('preload/contract'),
  'types: preload': tsc('preload'),
  'lint bites': script('check-lint-bites.mjs'),
  references: script('check-references.mjs'),
  format: [binOf('@biomejs/biome'), 'format', '.'],
};

const wanted = process.argv.slice(2);
const queue = Object.entries(jobs).filter(([name]) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)));
const failed = [];
const started = performance.now();

async function lane() {
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const [name, args] = job;
    const begun = performance.now();
    const { code, output } = await runNode(args, { capture: true, env: { FORCE_COLOR: process.stdout.isTTY ? '1' : '0' } });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (code === 0) continue;
    failed.push(name);
    console.log(output.trimEnd());
  }
}

await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, lane));
console.log(
  `check: ${failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
process.exit(failed.length === 0 ? 0 : 1);
