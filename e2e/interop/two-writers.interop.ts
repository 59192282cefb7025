/**
 * Both programs have one session open at the same time: the file stays valid, and the program that can detect the other waits.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startAcp } from './acp-client.ts';
import { ask, scriptOf } from './conversation.ts';
import { openGantry } from './gantry-window.ts';
import { faultsOf, prompted, type Said } from './history.ts';
import { commandOf, QWEN_VERSIONS, run } from './programs.ts';
import { chatsOf, createWorld, readSession, sessionIds, type World } from './world.ts';

const ROUNDS = 3;

/** Two answers may then follow each other; 0.15.10 sends them as one. */
function spoken(said: readonly Said[]): readonly string[] {
  const turns: { role: string; text: string }[] = [];
  for (const { role, text } of said) {
    const last = turns.at(-1);
    if (last?.role === role) last.text += text;
    else turns.push({ role, text });
  }
  return turns.map(({ role, text }) => `${role}: ${text}`);
}

test.concurrent.each(QWEN_VERSIONS)(
  '%s and Gantry write one session at the same time: every record is there and both continue',
  async (version) => {
    await using world = await createWorld();
    world.model.answer = scriptOf(world);
    await ask('gantry', world, 'read two files', { isFirst: true });
    const [id = ''] = sessionIds(world);
    {
      await using theirs = await startAcp(version, world);
      await theirs.load(id);
      await using ours = await openGantry(world);
      expect((await ours.open(id)).heldBy).toBeUndefined();
      for (let round = 0; round < ROUNDS; round += 1) {
        const [ended] = await Promise.all([
          ours.prompt(id, `PROMPT ours ${round}`),
          theirs.prompt(id, [{ type: 'text', text: `PROMPT theirs ${round}` }]),
        ]);
        expect(ended.end).toBe('completed');
      }
      // Qwen Code writes after its answers, and 0.15.10 ends without writing the rest.
      const answers = () => readSession(world, id).filter(({ type }) => type === 'assistant').length;
      await expect.poll(answers, { timeout: 20_000 }).toBe(2 + 2 * ROUNDS);
    }
    const records = readSession(world, id);
    const prompts = records
      .filter(({ type, subtype }) => type === 'user' && subtype === undefined)
      .map(({ message }) => JSON.stringify(message));
    for (let round = 0; round < ROUNDS; round += 1)
      for (const who of ['ours', 'theirs']) expect(prompts.filter((text) => text.includes(`PROMPT ${who} ${round}`))).toHaveLength(1);
    expect(new Set(records.map(({ uuid }) => uuid)).size).toBe(records.length);

    const theirs = await ask(version, world, 'and then');
    const ours = await ask('gantry', world, 'and on');
    expect(spoken(ours.sent)).toEqual(spoken([...theirs.after, prompted('PROMPT and on')]));
    expect(faultsOf(ours.sent)).toEqual([]);
  },
);

/** The window of Qwen Code in its own terminal, created with the system's `script`. */
function startWindow(version: (typeof QWEN_VERSIONS)[number], world: World, id: string): ChildProcess {
  const command = [...commandOf(version), '--resume', id].map((part) => `'${part}'`).join(' ');
  const env = { ...world.env, TERM: 'xterm-256color', SHELL: '/bin/sh' };
  return spawn('script', ['-qec', `exec ${command}`, '/dev/null'], { cwd: world.project, env, stdio: ['pipe', 'ignore', 'ignore'] });
}

test.skipIf(process.platform !== 'linux')(
  'a session that the window of 0.24.4 has open is read-only here until the window ends, also by a kill',
  async () => {
    await using world = await createWorld();
    world.model.answer = scriptOf(world);
    await ask('gantry', world, 'say one', { isFirst: true });
    const [id = ''] = sessionIds(world);
    const sidecar = join(chatsOf(world), `${id}.runtime.json`);
    const window = startWindow('0.24.4', world, id);
    const gone = once(window, 'exit');
    let pid = 0;
    try {
      await expect.poll(() => existsSync(sidecar), { timeout: 60_000 }).toBe(true);
      const written: { readonly pid: number } = JSON.parse(readFileSync(sidecar, 'utf8'));
      pid = written.pid;
      await using ours = await openGantry(world);
      expect((await ours.open(id)).heldBy).toEqual({ pid, host: 'Qwen Code' });
      await expect(ours.prompt(id, 'PROMPT me too')).rejects.toMatchObject({ code: 'session_busy' });
      const refused = await run('gantry', world, ['-p', 'PROMPT me too', '--resume', id]);
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`${pid}`) });

      process.kill(pid, 'SIGKILL');
      await gone;
      expect(existsSync(sidecar)).toBe(true); // it had no time to remove it
      expect((await ours.open(id)).heldBy).toBeUndefined();
      expect(await ours.prompt(id, 'PROMPT and on')).toMatchObject({ end: 'completed' });
    } finally {
      window.kill('SIGKILL');
    }
    expect(readSession(world, id).filter(({ type }) => type === 'user')).toHaveLength(2);
  },
);
