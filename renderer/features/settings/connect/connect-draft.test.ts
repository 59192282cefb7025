import { expect, test } from 'vitest';
import { keyVariableFor, looksLikeUrl, nameFromUrl, toDraft, toRows, toUrl, withModel } from './connect-draft.ts';

test.each([
  ['https://llm.northwind.dev/v1', 'Northwind', 'LLM_NORTHWIND_DEV_API_KEY'],
  ['https://api.example.co.uk', 'Example', 'API_EXAMPLE_CO_UK_API_KEY'],
  ['http://127.0.0.1:8080/v1', '127.0.0.1:8080', 'HOST_127_0_0_1_8080_API_KEY'],
  ['http://localhost:1234', 'localhost:1234', 'LOCALHOST_1234_API_KEY'],
  ['http://[::1]:9/v1', '[::1]:9', 'HOST_1_9_API_KEY'],
  ['http://gpu-box/v1', 'gpu-box', 'GPU_BOX_API_KEY'],
])('%s is proposed as "%s", with its own key variable', (url, name, variable) => {
  expect([nameFromUrl(url), keyVariableFor(url)]).toEqual([name, variable]);
  expect(variable).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
});

test.each([
  [' llm.example.com/v1 ', 'https://llm.example.com/v1'],
  ['localhost:1234/v1', 'http://localhost:1234/v1'],
  ['127.0.0.1:9', 'http://127.0.0.1:9'],
  ['http://x', 'http://x'],
  ['', ''],
])('%j is the address %j', (typed, url) => {
  expect(toUrl(typed)).toBe(url);
});

test('an address in the search is not taken for a name', () => {
  expect(['https://a.dev/v1', 'llm.example.com', '10.0.0.7:8000/v1', 'localhost:1234'].map(looksLikeUrl)).toEqual([true, true, true, true]);
  expect(['Open', 'alibaba model', 'vllm', 'gpt-5', ''].map(looksLikeUrl)).toEqual([false, false, false, false, false]);
});

const custom = { kind: 'custom' } as const;
const form = (url: string) => ({ url, name: undefined });

test('each server has a key variable of its own; a local server without a key needs none', () => {
  expect(toDraft(custom, form('https://llm.northwind.dev/v1'), false, []).envKey).toBe('LLM_NORTHWIND_DEV_API_KEY');
  expect(toDraft(custom, form('http://127.0.0.1:8080/v1'), false, [])).not.toHaveProperty('envKey');
  expect(toDraft(custom, form('http://127.0.0.1:8080/v1'), true, []).envKey).toBe('HOST_127_0_0_1_8080_API_KEY');
});

test('what the user sets for a model takes precedence over the list, and what cannot chat is last', () => {
  const listed = [
    { id: 'bge', chats: false },
    { id: 'a', chats: true, contextWindowTokens: 8192, takesImages: true },
    { id: 'b', chats: true },
  ];
  expect(toRows(listed, [{ id: 'a', takesImages: false }, { id: 'own' }])).toEqual([
    { id: 'a', chats: true, isChosen: true, contextWindowTokens: 8192, takesImages: false },
    { id: 'own', chats: true, isChosen: true, contextWindowTokens: undefined, takesImages: false },
    { id: 'b', chats: true, isChosen: false, contextWindowTokens: undefined, takesImages: false },
    { id: 'bge', chats: false, isChosen: false, contextWindowTokens: undefined, takesImages: false },
  ]);
  const saved = [{ id: 'own', contextWindowTokens: 131_072, takesImages: true }];
  expect(toRows([], [{ id: 'own' }], saved)).toMatchObject([{ contextWindowTokens: 131_072, takesImages: true }]);
  expect(withModel([], listed, 'a', true)).toEqual([{ id: 'a', contextWindowTokens: 8192, takesImages: true }]);
  expect(withModel([{ id: 'a' }, { id: 'b' }], listed, 'a', false)).toEqual([{ id: 'b' }]);
});
