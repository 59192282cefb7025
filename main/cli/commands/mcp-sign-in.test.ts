import { expect, test } from 'vitest';
import { ProjectId } from '../../../preload/contract/index.ts';
import { createFakeEngine } from '../../test/support/fake-engine.ts';
import { signInAtServer } from './mcp-sign-in.ts';

const PROJECT = ProjectId.parse('p1');

async function run(isDone: boolean, signOut = false) {
  const calls: string[] = [];
  const said: string[] = [];
  const { engine } = createFakeEngine({
    mcp: {
      async signIn(_project, name) {
        calls.push(`in ${name}`);
        return { url: 'https://login.example/authorize?x=1', done: Promise.resolve(isDone) };
      },
      signOut: async (_project, name) => void calls.push(`out ${name}`),
    },
  });
  const code = await signInAtServer(engine, PROJECT, { name: 'web', signOut }, (line) => said.push(line));
  return { code, calls, said: said.join('\n') };
}

test('the command prints the address and ends when the sign-in ends', async () => {
  const { code, calls, said } = await run(true);
  expect([code, calls]).toEqual([0, ['in web']]);
  expect(said).toContain('  https://login.example/authorize?x=1\n');
  expect(said).toContain('Signed in.');
});

test('a sign-in without a response fails and says how to try again', async () => {
  expect(await run(false)).toMatchObject({ code: 1, said: expect.stringContaining('gantry mcp auth web') });
});

test('signing out needs no browser', async () => {
  expect(await run(true, true)).toMatchObject({ code: 0, calls: ['out web'], said: expect.stringContaining('Signed out') });
});
