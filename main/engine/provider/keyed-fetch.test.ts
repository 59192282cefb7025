import { expect, test } from 'vitest';
import { createGuardedFetch } from './keyed-fetch.ts';
import { serve } from './openai/openai-provider.fixture.ts';
import { defined } from '../../../preload/contract/index.ts';

test('a request goes to the origin of the base URL or is refused', async () => {
  let asked = 0;
  const other = await serve((_request, response) => {
    asked += 1;
    response.end();
  });
  const options = { baseUrl: 'http://127.0.0.1:9/v1', key: 'k', userAgent: 'T', customHeaders: {} };
  await expect(createGuardedFetch(options)(`${other}/v1/models`)).rejects.toThrow('another origin');
  expect(asked).toBe(0);
});

test('only headers pass that the protocol needs or the settings name, and the key is sent as the protocol requires', async () => {
  const seen = Promise.withResolvers<NodeJS.Dict<string | string[]>>();
  const url = await serve((request, response) => {
    seen.resolve(request.headers);
    response.end();
  });
  const guarded = createGuardedFetch({
    baseUrl: url,
    key: 'k',
    userAgent: 'T',
    customHeaders: { 'x-team': 'blue' },
    keyHeader: (key) => ['x-api-key', key],
    passHeaders: ['anthropic-version'],
  });
  await guarded(`${url}/v1/messages`, { headers: { authorization: 'Bearer other', 'anthropic-version': '1', 'x-machine': 'secret' } });
  const headers = await seen.promise;
  expect(headers).toMatchObject({ 'x-api-key': 'k', 'anthropic-version': '1', 'x-team': 'blue', 'user-agent': 'T' });
  expect([headers['authorization'], headers['x-machine']]).toEqual([undefined, undefined]);
});

test('a request reuses the previous connection, and asks for an uncompressed answer', async () => {
  const connections = new Set<unknown>();
  const encodings = new Set<unknown>();
  const url = await serve((request, response) => {
    connections.add(request.socket);
    encodings.add(request.headers['accept-encoding']);
    request.resume();
    response.end('fine');
  });
  const guarded = createGuardedFetch({ baseUrl: url, key: 'k', userAgent: 'T', customHeaders: {} });
  for (const body of ['text', Buffer.from('bytes'), undefined]) {
    const answer = await guarded(url, { method: 'POST', ...defined({ body }) });
    expect(await answer.text()).toBe('fine');
  }
  expect(connections.size).toBe(1);
  expect([...encodings]).toEqual(['identity']);
});

test('a body that is neither text nor bytes is refused, and the error that ends a request is passed on unchanged', async () => {
  const url = await serve((request) => request.resume());
  const guarded = createGuardedFetch({ baseUrl: url, key: 'k', userAgent: 'T', customHeaders: {} });
  await expect(guarded(url, { method: 'POST', body: new Blob(['x']) })).rejects.toMatchObject({
    message: 'fetch failed',
    cause: { message: 'only text and bytes are sent' },
  });
  const controller = new AbortController();
  const sent = guarded(url, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(sent).rejects.toThrow('enough');
});
