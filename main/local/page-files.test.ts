import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY, META_POLICY, SECURITY_HEADERS } from './page-files.ts';

test('one policy limits the page to its own files and the images of prompts', () => {
  expect(readFileSync(new URL('../../renderer/index.html', import.meta.url), 'utf8')).not.toMatch(/http-equiv/i);
  expect(SECURITY_HEADERS['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  expect(CONTENT_SECURITY_POLICY).toBe(`${META_POLICY}; frame-ancestors 'none'`);
  const sources = CONTENT_SECURITY_POLICY.split('; ').flatMap((directive) => directive.split(' ').slice(1));
  expect([...new Set(sources)].toSorted()).toEqual(["'none'", "'self'", "'unsafe-inline'", 'data:']);
  expect(CONTENT_SECURITY_POLICY).toContain("script-src 'self';");
});
