import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Unit: MB. Node with the grammar takes about 90. While V8 optimizes the grammar, it takes 420 to 600. */
const LIMIT_MB = 250;

it('keeps its memory small however many commands it parses', async () => {
  const grammar = JSON.stringify(new URL('./shell-grammar.ts', import.meta.url).href);
  const program = `
    const { loadShellGrammar } = await import(${grammar});
    const parse = await loadShellGrammar((error) => { throw error; });
    for (let at = 0; at < 1000; at += 1) {
      if (parse('for f in *.ts; do grep -n "x' + at + '" "$f" | head -n 3; done && echo "done $(date)"') === undefined) throw new Error('not parsed');
    }
    await new Promise((resolve) => setTimeout(resolve, 1000)); // V8 optimizes on other threads and may not have finished
    console.log(process.resourceUsage().maxRSS / 1024);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(Number(stdout)).toBeGreaterThan(10);
  expect(Number(stdout)).toBeLessThan(LIMIT_MB);
});
