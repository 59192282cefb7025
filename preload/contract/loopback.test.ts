import { expect, test } from 'vitest';
import { isLoopbackHost } from './loopback.ts';

test.each(['localhost', 'app.localhost', '127.0.0.1', '127.8.9.10', '::1', '[::1]', new URL('http://127.1').hostname])(
  '%s is this machine',
  (name) => {
    expect(isLoopbackHost(name)).toBe(true);
  },
);

test.each([
  '',
  'localhost.evil.example',
  'evillocalhost',
  '127.evil.example',
  '127.0.0.1.evil.example',
  '127.0.0',
  '128.0.0.1',
  '0.0.0.0',
  '::',
  '[::2]',
  '192.168.0.1',
  'evil.example/localhost',
  'user@localhost',
])('"%s" is not', (name) => {
  expect(isLoopbackHost(name)).toBe(false);
});
