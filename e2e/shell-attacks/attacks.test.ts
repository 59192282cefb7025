/** The seeded sample of `npm run bench -- shell-attacks`. */
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { createSandbox } from '../../main/engine/sandbox/index.ts';
import { createAttackCage } from './attack-cage.ts';
import { proveAttacks } from './prove-attacks.ts';

test('of 400 attacks drawn from the manuals, none that runs without a question has an effect or prints a secret', {
  timeout: 600_000,
}, async () => {
  const { problems, allowed } = await proveAttacks({ count: 400, seed: 20_261_130 });
  expect(problems).toEqual([]);
  expect(allowed).toBeGreaterThan(30); // otherwise a policy that always asks would pass
});

test.each(['wall', 'no-wall'] as const)('of 30 attacks, none has an effect with the %s', { timeout: 600_000 }, async (mode) => {
  if (mode === 'wall' && (await createSandbox({ gantryHome: tmpdir() }).wall()).status !== 'on') return; // no bubblewrap here
  const { problems, allowed } = await proveAttacks({ count: 30, seed: 20_261_131, mode });
  expect(problems).toEqual([]);
  expect(allowed).toBeGreaterThan(1);
});

test('the cage notices secrets, and the traps work on commands that run as they are written', () => {
  const cage = createAttackCage();
  try {
    const plain = { PATH: '/usr/bin:/bin' };
    for (const command of ['cat hard.txt', 'cat soft']) expect(cage.effectsOf(command, { command, env: plain }).join()).toContain('prints');
    for (const command of ['ls', 'echo']) expect(cage.effectsOf(command).join()).toContain('pwned');
  } finally {
    cage.close();
  }
}, 120_000);
