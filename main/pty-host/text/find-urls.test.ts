import { expect, test } from 'vitest';
import { createUrlFinder } from './find-urls.ts';

const found = (...texts: string[]) => {
  const finder = createUrlFinder(() => 0);
  for (const text of texts) finder.push(new TextEncoder().encode(text));
  return finder.urls;
};

test.each([
  ['  ➜  Local:   http://localhost:5173/\n', ['http://localhost:5173/']],
  ['ready on https://127.0.0.1:8443/app/.\n', ['https://127.0.0.1:8443/app/']],
  ['listening on http://[::1]:3000\n', ['http://[::1]:3000/']],
  ['Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...\n', ['http://localhost:8000/']],
  ['started at localhost:4200\n', ['http://localhost:4200/']],
  ['Server listening on port 3001\n', ['http://localhost:3001/']],
  ['> vite --port 5199\n', []],
  ['Port 3000 is in use, trying another one\n', []],
  ['npm notice https://registry.example/ and ssh on port 22\n', []],
  ['http://localhost/ without a port\n', []],
  ['http://localhost:99999/\n', []],
])('%j names %j', (text, urls) => {
  expect(found(text)).toEqual(urls);
});

test('each port has one address, the first printed; an address replaces a bare port; the limit is five', () => {
  expect(found('port 3000\n', 'http://localhost:3000/docs\n', 'GET http://localhost:3000/other\n')).toEqual(['http://localhost:3000/docs']);
  expect(found(...[1, 2, 3, 4, 5, 6].map((n) => `http://localhost:400${n}/\n`))).toHaveLength(5);
});

test('a text full of addresses is inspected a few times a second, and again in the next second', () => {
  let now = 0;
  const finder = createUrlFinder(() => now);
  const push = (text: string) => finder.push(new TextEncoder().encode(text));
  push('http://localhost:99999/\n'.repeat(1000));
  push('http://localhost:3000/\n');
  expect(finder.urls).toEqual([]);
  now = 1000;
  push('http://localhost:3000/\n');
  expect(finder.urls).toEqual(['http://localhost:3000/']);
});

test('only the end of a large block is searched', () => {
  const finder = createUrlFinder(() => 0);
  const noise = 'compiled another module\n'.repeat(4000);
  finder.push(Buffer.from(`http://localhost:3001/\n${noise}http://localhost:3002/\n`));
  expect(finder.urls).toEqual(['http://localhost:3002/']);
});
