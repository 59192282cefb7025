import { expect, onTestFinished, test } from 'vitest';
import { ANTHROPIC, OPENAI } from './support/agent-protocols.ts';
import { openAgentRig } from './support/agent-rig.ts';
import { describeAgent } from './support/agent-scenarios-suite.ts';

describeAgent(ANTHROPIC, OPENAI);

test('thinking that Claude has signed is sent back with the results of its calls, in later turns too, and is kept in the file', async () => {
  const rig = await openAgentRig([ANTHROPIC, OPENAI]);
  onTestFinished(() => rig.close());
  const id = await rig.newSession();
  const call = { name: 'list_directory', id: 'toolu_1', arguments: JSON.stringify({ path: rig.root }) };
  const signed = { reasoning: 'I list it.', reasoningSignature: 'c2lnbmVk', redactedThinking: ['dark'] };
  rig.script({ ...signed, toolCalls: [call] }, { content: 'Empty.' });
  expect(await rig.run(id, 'what is there')).toMatchObject({ end: 'completed' });
  const thought = [
    { type: 'redacted_thinking', data: 'dark' },
    { type: 'thinking', thinking: 'I list it.', signature: 'c2lnbmVk' },
    { type: 'tool_use', id: 'toolu_1' },
  ];
  const lastAnswer = () => JSON.parse(rig.front.requests.at(-1)?.body ?? '{}').messages[1];
  expect(lastAnswer()).toMatchObject({ role: 'assistant', content: thought });
  rig.script({ content: 'Still empty.' });
  await rig.run(id, 'and now');
  expect(lastAnswer()).toMatchObject({ role: 'assistant', content: thought });
  expect(rig.allFiles().some((text) => text.includes('c2lnbmVk'))).toBe(true);
});
