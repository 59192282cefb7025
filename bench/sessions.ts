/**
 * Sessions as files: a list of thousands, a search of all of them, one very long session, and lines of 50 and 60 MB. `npm run
 * bench -- sessions [--count 5000] [--megabytes 700] [--out file]`; `--megabytes 0` omits the long one.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureHuge } from './sessions/huge.ts';
import { measureList } from './sessions/list.ts';
import { measureLong } from './sessions/long.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' },
    megabytes: { type: 'string', default: '700' },
    out: { type: 'string' },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-sessions-'));
try {
  const megabytes = Number(values.megabytes);
  const result = {
    huge: await measureHuge(join(folder, 'huge')),
    list: await measureList(join(folder, 'list'), Number(values.count)),
    ...(megabytes > 0 ? { long: await measureLong(join(folder, 'long'), megabytes) } : {}),
  };
  console.log(JSON.stringify(result, null, 2));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = result.list.problems.length === 0 ? 0 : 1;
  for (const problem of result.list.problems) console.error(problem);
} finally {
  await rm(folder, { recursive: true, force: true });
}
