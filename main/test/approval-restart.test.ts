import { expect, test } from 'vitest';
import { createEngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

test('a grant for a session is valid in it after a restart, and in no other session', async () => {
  const command = (id: string) => calls({ id, name: 'run_shell_command', input: { command: 'touch made', is_background: false } });
  const fixture = await createEngineFixture({ answers: [command('c1'), says('made')] });
  try {
    const id = await newSession(fixture);
    const turn = fixture.run(id, 'make it');
    await fixture.answerNext({ kind: 'allow', scope: 'session' });
    expect((await turn).denied).toEqual([]);
    await fixture.engine.close();

    const second = await fixture.second(command('c2'), says('made'), command('c3'), says('not made'));
    await second.engine.sessions.open(second.project.id, id, { unattended: true });
    expect(await second.run(id, 'again')).toMatchObject({ end: 'completed', denied: [] });
    const other = await newSession(second, { unattended: true });
    expect((await second.run(other, 'again')).denied).toHaveLength(1);
    await second.engine.close();
  } finally {
    await fixture.close();
  }
});
