/** The real SDK drives Gantry as it drives the real Qwen Code: every case is run with both, and what the program saw is compared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ProgramName } from './programs.ts';
import { SDK_CASES, type SdkCase } from './sdk-cases.ts';
import { executableOf, loadSdk, scriptedModel } from './sdk-client.ts';
import { createWorld } from './world.ts';

async function runCase({ run }: SdkCase, program: ProgramName): Promise<unknown> {
  await using world = await createWorld();
  world.model.answer = scriptedModel;
  const base = { pathToQwenExecutable: executableOf(program, world), cwd: world.project, env: world.env };
  return await run({ sdk: await loadSdk(), world, base });
}

test.concurrent.each(SDK_CASES)('$name', async (one) => {
  const [ours, theirs] = [await runCase(one, 'gantry'), await runCase(one, '0.24.4')];
  if (one.differs === undefined) expect(ours).toEqual(theirs);
  else expect([ours, theirs]).toEqual([one.differs.ours, one.differs.theirs]);
});

test('the page names every difference', () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/qwen-code.md'), 'utf8');
  expect(SDK_CASES.flatMap(({ differs }) => (differs === undefined || document.includes(differs.title) ? [] : [differs.title]))).toEqual(
    [],
  );
});
