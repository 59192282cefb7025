import { expect, test } from 'vitest';
import { configFor, READ_TOOL, requestTo } from '../anthropic-gemini.fixture.ts';
import { geminiRequest, geminiThinking } from './gemini-request.ts';

test('system text, tools, limit and parameters use the names of the protocol', () => {
  const samplingParams = { temperature: 0.2, top_p: 0.9, max_tokens: 99, stop: ['x'], seed: 7 };
  const config = configFor('gemini', 'https://generativelanguage.googleapis.com', { generation: { samplingParams } });
  const request = geminiRequest(config, requestTo('models/gemini-2.5-pro', { system: 'Be kind.', tools: [READ_TOOL], maxOutputTokens: 5 }));
  expect(request.model).toBe('gemini-2.5-pro');
  expect(request.config).toEqual({
    systemInstruction: 'Be kind.',
    tools: [{ functionDeclarations: [expect.objectContaining({ name: 'read_file' })] }],
    maxOutputTokens: 99,
    thinkingConfig: { includeThoughts: true },
    temperature: 0.2,
    topP: 0.9,
    stopSequences: ['x'],
    seed: 7,
    automaticFunctionCalling: { disable: true },
    automaticContinuation: false,
  });
});

test('a minimal request contains nothing unnecessary', () => {
  const request = geminiRequest(configFor('gemini', 'https://generativelanguage.googleapis.com'), requestTo('gemini-2.0-flash'));
  expect(request).toEqual({
    model: 'gemini-2.0-flash',
    contents: [{ role: 'user', parts: [{ text: 'hello' }] }],
    config: { automaticFunctionCalling: { disable: true }, automaticContinuation: false },
  });
});

test.each<[string, unknown, unknown]>([
  ['gemini-3-pro-preview', undefined, { includeThoughts: true }],
  ['gemini-3-pro-preview', { effort: 'high' }, { includeThoughts: true, thinkingLevel: 'HIGH' }],
  ['gemini-3-pro-preview', false, { includeThoughts: true, thinkingLevel: 'LOW' }],
  ['gemini-2.5-pro', undefined, { includeThoughts: true }],
  ['gemini-2.5-pro', false, { includeThoughts: true, thinkingBudget: 128 }],
  ['gemini-2.5-flash', false, { includeThoughts: false, thinkingBudget: 0 }],
  ['gemini-2.5-flash', { budget_tokens: 90_000 }, { includeThoughts: true, thinkingBudget: 24_576 }],
  ['gemini-2.5-flash', { effort: 'low' }, { includeThoughts: true, thinkingBudget: 4096 }],
  ['gemini-2.5-flash-image', undefined, undefined],
  ['gemini-2.0-flash', { effort: 'high' }, undefined],
  ['gemma-3-27b', undefined, undefined],
])('%s with reasoning %j gets %j', (modelId, reasoning, expected) => {
  expect(geminiThinking(modelId, reasoning)).toEqual(expected);
});
