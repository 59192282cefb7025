import { expect, test } from 'vitest';
import { isWebUrl } from './web-url.ts';

test('BT-30: only web links may be opened', () => {
  expect(['http://a.b', 'https://a.b/c', 'javascript:alert(1)', 'file:///etc/passwd', 'vscode://x', 'nonsense'].map(isWebUrl)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
