import { expect, test } from 'vitest';
import { getContextWindow } from './context-windows.ts';

test.each([
  ['gpt-5.2', 272_000],
  ['openai/gpt-4o-2024-08-06', 131_072],
  ['o3-mini', 200_000],
  ['Qwen3-Coder-Plus', 1_000_000],
  ['qwen3-coder-30b', 262_144],
  ['qwen3:32b', 262_144],
  ['qwen3.5-plus', 1_000_000],
  ['qwen3-max-preview', 262_144],
  ['deepseek-v4-pro', 1_000_000],
  ['deepseek-chat', 131_072],
  ['accounts/fireworks/models/glm-4p6', 202_752],
  ['MiniMax-M2.5', 196_608],
  ['minimax-m2', 200_000],
  ['kimi-k2-0905', 262_144],
  ['seed-oss-36b', 524_288],
  ['my-own-model', 131_072],
])('the context window of %s is %i tokens', (modelId, tokens) => {
  expect(getContextWindow(modelId)).toBe(tokens);
});
