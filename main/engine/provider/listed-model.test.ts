import { expect, test } from 'vitest';
import { toListedModel } from './listed-model.ts';

test.each([
  ['OpenRouter', { id: 'a/b', context_length: 262_144, architecture: { input_modalities: ['text', 'image'] } }, 262_144, true],
  ['OpenRouter, text only', { id: 'a/c', context_length: 8192, architecture: { input_modalities: ['text'] } }, 8192, false],
  ['vLLM', { id: 'local', max_model_len: 32_768 }, 32_768, undefined],
  ['Groq', { id: 'openai/gpt-oss-120b', context_window: 131_072 }, 131_072, undefined],
  ['Mistral', { id: 'm', max_context_length: 128_000, capabilities: { completion_chat: true, vision: true } }, 128_000, true],
  ['LM Studio', { id: 'qwen2-vl', type: 'vlm', max_context_length: 32_768 }, 32_768, true],
  ['llama.cpp', { id: 'x.gguf', meta: { n_ctx_train: 40_960 } }, 40_960, undefined],
  ['nothing stated', { id: 'plain' }, undefined, undefined],
])('%s: context window and images', (_name, raw, contextWindowTokens, takesImages) => {
  expect(toListedModel(raw)).toEqual({
    id: raw.id,
    chats: true,
    ...(contextWindowTokens === undefined ? {} : { contextWindowTokens }),
    ...(takesImages === undefined ? {} : { takesImages }),
  });
});

test.each([
  { id: 'text-embedding-3-small' },
  { id: 'bge-m3' },
  { id: 'nomic-embed-text:latest' },
  { id: 'whisper-large-v3' },
  { id: 'BAAI/bge-reranker-v2' },
  { id: 'x', type: 'embeddings' },
  { id: 'mistral-ocr', capabilities: { completion_chat: false } },
])('$id does not chat', (raw) => {
  expect(toListedModel(raw)?.chats).toBe(false);
});

test.each(['qwen3-coder', 'gpt-5', 'deepseek-chat', 'gemma3:27b', 'meta-llama/Llama-3.3-70B'])('%s chats', (id) => {
  expect(toListedModel({ id })?.chats).toBe(true);
});

test.each([undefined, null, 7, 'id', {}, { id: '' }, { id: 5 }, { id: 'x'.repeat(301) }])('%j is not a model', (raw) => {
  expect(toListedModel(raw)).toBeUndefined();
});

test.each([-1, 0, 1.5, Number.NaN, '8192', null, { valueOf: 1 }])('a context window of %j is not one', (context_length) => {
  expect(toListedModel({ id: 'a', context_length })).toEqual({ id: 'a', chats: true });
});
