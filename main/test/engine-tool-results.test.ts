import { expect, onTestFinished, test } from 'vitest';
import { createEngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

test('a host in the same process gets the text that the model reads, before the row of the call ends', async () => {
  const fails = { command: 'echo FAILED-LIST; exit 3', description: 'd', is_background: false };
  const fixture = await createEngineFixture({ answers: [calls({ id: 'c1', name: 'run_shell_command', input: fails }), says('done')] });
  onTestFinished(() => fixture.close());
  const seen: string[] = [];
  const id = await newSession(fixture, { mode: 'yolo', onToolResult: (callId, text) => void seen.push(`${callId}: ${text}`) });
  fixture.engine.subscribe((event) => {
    if (event.event === 'item.changed' && event.data.item.kind === 'tool' && event.data.item.endedAtMs !== undefined) seen.push('ended');
  });
  await fixture.run(id, 'go');
  const message = fixture.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool');
  expect(message?.role === 'tool' ? seen[0] : undefined).toBe(message?.role === 'tool' ? `c1: ${message.results[0]?.text}` : 'none');
  expect(seen[0]).toContain('FAILED-LIST');
  expect(seen.slice(1)).toEqual(['ended']);
});
