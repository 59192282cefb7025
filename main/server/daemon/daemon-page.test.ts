import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calls, says } from '../../test/support/scripted-model.ts';
import { startDaemon } from './daemon.fixture.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/daemon.md'), 'utf8');
const COMMANDS = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.trim().split('\n'));

/** A curl command as a request, with the variables of the page. */
function toRequest(command: string, variables: Readonly<Record<string, string>>) {
  const words = [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"|\$(\w+)/g,
      (_, single?: string, double?: string, name?: string) =>
        single ??
        (double ?? `$${name}`).replaceAll(/\$(\w+)/g, (__, each: string) => variables[each] ?? expect.fail(`no variable ${each}`)),
    ),
  );
  const request = { url: '', method: '', body: undefined as string | undefined, headers: {} as Record<string, string> };
  expect(words.shift()).toBe('curl');
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-H') {
      const [name = '', value = ''] = (words.shift() ?? '').split(': ');
      request.headers[name] = value;
    } else if (word === '-X') request.method = words.shift() ?? '';
    else if (word === '-d') request.body = words.shift();
    else if (!word.startsWith('-s')) request.url = word;
  }
  const { body, method, ...rest } = request;
  return { ...rest, method: method || (body === undefined ? 'GET' : 'POST'), ...(body === undefined ? {} : { body }) };
}

test('every example of the page runs, in its order', async () => {
  const daemon = await startDaemon({
    answers: [calls({ id: 'c1', name: 'write_file', input: { file_path: 'made.txt', content: 'a' } }), says('Made.')],
  });
  const variables: Record<string, string> = {
    ...{ GANTRY: daemon.server.url, TOKEN: daemon.server.token, WORKSPACE: encodeURIComponent(daemon.engine.root) },
  };
  expect(COMMANDS.length).toBeGreaterThan(20);
  for (const command of COMMANDS) {
    const { url, ...request } = toRequest(command, variables);
    if (url.endsWith('/events')) {
      const { until } = await daemon.follow(variables['SESSION'] ?? '');
      variables['REQUEST'] = String((await until('permission_request')).data['requestId']);
      continue;
    }
    const response = await fetch(url, request);
    const text = await response.text();
    expect({ command, text, isDone: response.ok }).toMatchObject({ isDone: true });
    if (command.includes('"$GANTRY/session" ')) variables['SESSION'] = String((JSON.parse(text) as { sessionId: string }).sessionId);
    if (command.includes('/permission/')) await (await daemon.follow(variables['SESSION'] ?? '')).until('turn_complete');
  }
});

test('the page names every route of the description, and the description every route of the page', async () => {
  const daemon = await startDaemon();
  const { body } = await daemon.call('GET', '/openapi.json');
  const described = Object.entries(body['paths'] as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const table = PAGE.slice(PAGE.indexOf('## Routes'), PAGE.indexOf('`/health`, `/openapi.json`'));
  const named = [...table.matchAll(/`((?:GET|POST|PATCH|DELETE) [^`]+)`/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(described));
  expect(body).toMatchObject({
    openapi: '3.1.0',
    paths: { '/session/{id}/prompt': { post: { requestBody: expect.any(Object), responses: { 202: expect.any(Object) } } } },
  });
});
