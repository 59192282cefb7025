import { expect, test } from 'vitest';
import { serve } from '../openai/openai-provider.fixture.ts';
import { openRegistry } from './registry.fixture.ts';

async function opened(baseUrl: string, more: { user?: object; environment?: Record<string, string>; projectOnly?: boolean } = {}) {
  const modelProviders = { openai: [{ id: 'm', baseUrl, envKey: 'K' }] };
  const { registry, openProject } = openRegistry({
    user: more.projectOnly === true ? {} : { modelProviders, ...more.user },
    environment: { K: 'sk-canary-canary', ...more.environment },
  });
  const { id } = await openProject({ trust: true, settings: more.projectOnly === true ? { modelProviders } : {} });
  const { providers } = await registry.list(id);
  const provider = providers.find((candidate) => candidate.protocol !== 'demo');
  if (provider === undefined) throw new Error('no provider');
  return () => registry.reach(provider.id, id);
}

test('the request carries no key, and an untrusted address gets no request', async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers.authorization ?? 'no key'}`);
    response.writeHead(401).end();
  });
  expect(await (await opened(`${url}/v1/`))()).toEqual({ status: 401 });
  expect(await (await opened(`${url}/v1`, { projectOnly: true }))()).toBeUndefined();
  expect(asked).toEqual(['/v1/models no key']);
});

test('an unreachable provider is reported with the reason', async () => {
  expect(await (await opened('http://127.0.0.1:9/v1'))()).toEqual({ failure: expect.stringMatching(/ECONNREFUSED|bad port/) });
});

test('the request takes the same route as others: the proxy of the settings takes precedence over that of the environment', async () => {
  const asked: (string | undefined)[] = [];
  const proxy = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(200).end();
  });
  const environment = { HTTP_PROXY: 'http://127.0.0.1:9' };
  expect(await (await opened('http://model.test/v1', { user: { proxy }, environment }))()).toEqual({ status: 200 });
  expect(asked).toEqual(['http://model.test/v1/models']);
});

test('a folder cannot set the proxy, trusted or not', async () => {
  const asked: (string | undefined)[] = [];
  const proxy = await serve((request, response) => {
    asked.push(request.url);
    response.end();
  });
  const { registry, openProject, machine } = openRegistry({
    user: { modelProviders: { openai: [{ id: 'm', baseUrl: 'http://0.0.0.0:1/v1' }] } }, // a port that fetch refuses
  });
  machine.write('p/.env', `HTTP_PROXY=${proxy}\n`);
  const { id } = await openProject({ trust: true, settings: { proxy } });
  const [provider] = (await registry.list(id)).providers;
  if (provider === undefined) throw new Error('no provider');
  expect(await registry.reach(provider.id, id)).toEqual({ failure: expect.any(String) });
  expect(asked).toEqual([]);
});

test('an invalid proxy is reported before any request is sent', async () => {
  const user = { modelProviders: { openai: [{ id: 'm', baseUrl: 'http://0.0.0.0:1/v1', envKey: 'K' }] }, proxy: 'socks5://me:canary@h' };
  const { registry, openProject } = openRegistry({ user, environment: { K: 'k' } });
  const { context } = await openProject({ trust: true });
  const refused = await registry.resolve(context).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'settings_broken', message: expect.stringContaining('The setting proxy') });
  expect(String(refused)).not.toContain('canary');
});
