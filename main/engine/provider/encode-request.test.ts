import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKnownHistory } from './encode-request.ts';
import { ask, collect, openProvider, sendEvents, serve } from './openai/openai-provider.fixture.ts';
import type { ModelMessage } from './provider.ts';

test('the bytes equal those of JSON.stringify, whatever the request contains', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.constant(undefined))),
      fc.array(fc.jsonValue()),
      (rest, messages) => {
        const known = createKnownHistory();
        const body = { ...rest, messages, last: undefined };
        expect(known.encode(body, 'messages').toString()).toBe(JSON.stringify(body));
        expect(known.encode(body, 'messages').toString()).toBe(JSON.stringify(body));
        expect(known.encode(rest, 'messages').toString()).toBe(JSON.stringify(rest));
      },
    ),
  );
});

test('a message is mapped once for a model and encoded once, however often it is sent', () => {
  const known = createKnownHistory();
  let encoded = 0;
  const element = (text: string) => ({ toJSON: () => (encoded += 1) && { text } });
  const first: ModelMessage = { role: 'user', text: 'a' };
  const second: ModelMessage = { role: 'user', text: 'b' };
  const send = (modelId: string, messages: readonly ModelMessage[]) => {
    const list = messages.flatMap((message) => [...known.mapped(modelId, message, () => [element(`${modelId} ${message.role}`)])]);
    return known.encode({ messages: list }, 'messages').toString();
  };
  expect(send('m', [first])).toBe('{"messages":[{"text":"m user"}]}');
  expect(send('m', [first, second])).toBe('{"messages":[{"text":"m user"},{"text":"m user"}]}');
  expect(encoded).toBe(2);
  expect(send('other', [first])).toBe('{"messages":[{"text":"other user"}]}');
});

test.each(['openai', 'openai-responses'] as const)(
  'a provider of %s does not encode the history it sent before again',
  async (protocol) => {
    const bodies: string[] = [];
    const url = await serve((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        bodies.push(Buffer.concat(parts).toString());
        sendEvents(response, ['[DONE]']);
      });
    });
    let encoded = 0;
    const input = { toJSON: () => (encoded += 1) && { file_path: 'a' } };
    const history: ModelMessage[] = [
      { role: 'user', text: 'go' },
      { role: 'assistant', text: '', thinking: '', toolCalls: [{ id: 'c1', name: 'read_file', input }] },
      { role: 'tool', results: [{ callId: 'c1', name: 'read_file', text: 'A', isError: false }] },
    ];
    const provider = openProvider(url, { protocol });
    const send = (messages: readonly ModelMessage[]) => collect(provider.stream(ask('', { messages }), new AbortController().signal));
    await send(history);
    await send([...history, { role: 'user', text: 'and then?' }]);
    expect(encoded).toBe(1);
    expect(bodies).toHaveLength(2);
    const [first = '', second = ''] = bodies;
    const upTo = first.indexOf('"A"');
    expect(upTo).toBeGreaterThan(0);
    expect(second.slice(0, upTo)).toBe(first.slice(0, upTo));
    expect(second).toContain('and then?');
  },
);
