import { expect, test } from 'vitest';
import { z } from 'zod';
import { requests, SECRET } from '../../preload/contract/index.ts';
import { redactParams } from './redact-params.ts';

const LONG = 'x'.repeat(5000);
const CUT = `${'x'.repeat(200)}… (5000 characters)`;

test('a key is replaced, the fields beside it are kept', () => {
  expect(redactParams(requests['provider.setKey'].params, { providerId: 'p', key: 'canary', store: 'file' })).toEqual({
    providerId: 'p',
    key: '[secret]',
    store: 'file',
  });
});

test('headers and variables of an MCP server are redacted', () => {
  const server = { transport: 'http', url: 'https://h/', headers: { Authorization: 'canary' } };
  const redacted = redactParams(requests['mcp.add'].params, { projectId: 'p', scope: 'user', name: 'n', server });
  expect(redacted).toEqual({ projectId: 'p', scope: 'user', name: 'n', server: '[secret]' });
});

test('attachments of a prompt are shortened like other text', () => {
  const attachments = [{ name: 'a.png', mimeType: 'image/png', data: LONG }];
  expect(redactParams(requests['session.prompt'].params, { sessionId: 's', text: LONG, localId: 'l', attachments })).toEqual({
    sessionId: 's',
    text: CUT,
    localId: 'l',
    attachments: [{ name: 'a.png', mimeType: 'image/png', data: CUT }],
  });
});

test('an optional secret and a secret in a list are replaced too', () => {
  const secret = z.string().meta(SECRET);
  const schema = z.object({ token: secret.optional(), other: secret.nullable(), keys: z.array(secret) });
  expect(redactParams(schema, { token: 'canary', other: 'canary', keys: ['canary'] })).toEqual({
    token: '[secret]',
    other: '[secret]',
    keys: ['[secret]'],
  });
});

test('a field that the schema does not know is not shown', () => {
  expect(redactParams(z.object({ a: z.number() }), { a: 1, token: 'canary', inner: { key: 'canary' } })).toEqual({
    a: 1,
    token: '[unknown field]',
    inner: '[unknown field]',
  });
});

test('a long list is cut, and values that the schema does not specify are omitted', () => {
  const schema = z.object({ list: z.array(z.number()), record: z.record(z.string(), z.string()), none: z.string().nullable() });
  const list = Array.from({ length: 30 }, (_, at) => at);
  expect(redactParams(schema, { list, record: { a: 'canary' }, none: null })).toEqual({
    list: [...list.slice(0, 20), '… (30 entries)'],
    record: '[not shown]',
    none: null,
  });
});
