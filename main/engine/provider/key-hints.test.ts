import { expect, test } from 'vitest';
import { keyHint, modelHint } from './key-hints.ts';
import { PRESETS } from './catalog/presets.ts';

test.each([
  ['sk-sp-0123456789', 'https://dashscope.aliyuncs.com/compatible-mode/v1', /Coding Plan.*coding-intl\.dashscope/],
  ['sk-0123456789abc', 'https://coding.dashscope.aliyuncs.com/v1', /begin with sk-sp-/],
  ['sk-0123456789abc', 'https://dashscope.aliyuncs.com/compatible-mode/v1', /other one, use https:\/\/dashscope-intl\./],
  ['sk-0123456789abc', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', /use https:\/\/dashscope\.aliyuncs/],
  ['sk-or-v1-0123456', 'https://api.openai.com/v1', /OpenRouter.*https:\/\/openrouter\.ai\/api\/v1/],
  ['sk-ant-012345678', 'https://openrouter.ai/api/v1', /Anthropic/],
  ['AIzaSyA012345678', 'https://api.openai.com/v1', /Google/],
])('%s at %s: the hint names the right address', (key, baseUrl, expected) => {
  const hint = keyHint(key, baseUrl);
  expect(hint).toMatch(expected);
  expect(hint).not.toContain(key);
});

test.each([
  ['sk-sp-0123456789', 'https://coding-intl.dashscope.aliyuncs.com/v1'],
  ['sk-or-v1-0123456', 'https://openrouter.ai/api/v1'],
  ['sk-0123456789abc', 'https://api.openai.com/v1'],
  [undefined, 'https://dashscope.aliyuncs.com/compatible-mode/v1'],
])('%s at %s: there is no hint', (key, baseUrl) => {
  expect(keyHint(key, baseUrl)).toBeUndefined();
});

test('hints for local servers explain how to get a model', () => {
  expect(modelHint('qwen3:8b', 'http://127.0.0.1:11434/v1')).toContain('ollama pull qwen3:8b');
  expect(modelHint('m', 'http://localhost:1234/v1')).toContain('LM Studio');
  expect(modelHint('m', 'https://api.openai.com/v1')).toBeUndefined();
});

test('every preset has a valid address, and each that needs a key says where to get one', () => {
  for (const { name, baseUrl, envKey, keyUrl } of PRESETS) {
    const isLocal = new URL(baseUrl).hostname === '127.0.0.1';
    expect([name, envKey === undefined, keyUrl === undefined]).toEqual([name, isLocal, isLocal]);
  }
  expect(new Set(PRESETS.map((preset) => preset.name)).size).toBe(PRESETS.length);
});
