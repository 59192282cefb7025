/** `--auth-type`: which provider gets the request. */
import { expect, test } from 'vitest';
import { openRegistry } from './catalog/registry.fixture.ts';
import type { WireProtocol } from './provider.ts';

const KEYS = {
  OPENAI_API_KEY: 'sk-o',
  OPENAI_MODEL: 'gpt',
  ANTHROPIC_API_KEY: 'sk-a',
  ANTHROPIC_MODEL: 'claude',
  GEMINI_API_KEY: 'g',
  GEMINI_MODEL: 'flash',
};
const entry = { id: 'qwen', baseUrl: 'http://127.0.0.1:9/v1' };
const user = { modelProviders: { openai: [entry], anthropic: [{ ...entry, id: 'glm' }] }, model: { name: 'qwen' } };

async function resolved(
  onlyProtocol: WireProtocol | undefined,
  options: { user?: object; environment?: Record<string, string> },
  modelId?: string,
) {
  const flags = onlyProtocol === undefined ? {} : { security: { auth: { selectedType: onlyProtocol } } };
  const opened = openRegistry({ ...options, flags, more: { onlyProtocol } });
  const { context } = await opened.openProject({ trust: true });
  const { ref } = await opened.registry.resolve(context, modelId === undefined ? undefined : { modelId });
  const { providers } = await opened.registry.list();
  return [providers.find(({ id }) => id === ref.providerId)?.protocol, ref.modelId];
}

test.each<[WireProtocol, string]>([
  ['openai', 'gpt'],
  ['openai-responses', 'gpt'],
  ['anthropic', 'claude'],
  ['gemini', 'flash'],
])('%s uses its own variables although the others are set', async (protocol, model) => {
  expect(await resolved(protocol, { environment: KEYS })).toEqual([protocol, model]);
});

test('the model of the settings counts only if it uses that protocol', async () => {
  expect(await resolved(undefined, { user })).toEqual(['openai', 'qwen']);
  expect(await resolved('anthropic', { user })).toEqual(['anthropic', 'glm']);
  expect(await resolved('openai', { user })).toEqual(['openai', 'qwen']);
});

test('an entry for the Responses API counts as openai', async () => {
  const responses = { modelProviders: { openai: [{ ...entry, wireApi: 'responses' }] } };
  expect(await resolved('openai', { user: responses })).toEqual(['openai-responses', 'qwen']);
});

test('any model may be requested with the variables of the protocol', async () => {
  expect(await resolved('anthropic', { environment: KEYS }, 'gemini-pro')).toEqual(['anthropic', 'gemini-pro']);
});

test('if nothing uses the protocol, the error names the variables to set', async () => {
  await expect(resolved('vertex-ai', { user })).rejects.toMatchObject({
    code: 'no_model',
    message: expect.stringContaining('GOOGLE_API_KEY'),
  });
  await expect(resolved('vertex-ai', { user }, 'm')).rejects.toMatchObject({
    code: 'no_model',
    message: expect.stringContaining('vertex-ai'),
  });
  await expect(resolved('anthropic', { user }, 'qwen')).rejects.toMatchObject({ code: 'model_unknown' });
});

test("an administrator's protocol takes precedence, a folder's is ignored", async () => {
  const enforced = { ...user, security: { auth: { enforcedType: 'anthropic' } } };
  expect(await resolved(undefined, { user: enforced })).toEqual(['anthropic', 'glm']);
  expect(await resolved('openai', { user: enforced })).toEqual(['anthropic', 'glm']);
  const opened = openRegistry({ user });
  const { context } = await opened.openProject({ trust: true, settings: { security: { auth: { enforcedType: 'anthropic' } } } });
  expect((await opened.registry.resolve(context)).modelId).toBe('qwen');
});
