import { expect, test } from 'vitest';
import type { Signature, Signer } from './provider.ts';
import { signatureFor } from './signatures.ts';

const SIGNATURE: Signature = { protocol: 'anthropic', modelId: 'm', origin: 'https://a.example', value: 's' };

test.each<[string, Partial<Signer>, string | undefined]>([
  ['the signer', {}, 's'],
  ['another protocol', { protocol: 'gemini' }, undefined],
  ['another model', { modelId: 'n' }, undefined],
  ['another origin', { origin: 'https://b.example' }, undefined],
])('a signature is sent back to %s: %o', (_who, more, value) => {
  expect(signatureFor(SIGNATURE, { protocol: 'anthropic', modelId: 'm', origin: 'https://a.example', ...more })).toBe(value);
});

test('if the origin is unknown, protocol and model decide', () => {
  const { origin: _origin, ...unknown } = SIGNATURE;
  expect(signatureFor(unknown, { protocol: 'anthropic', modelId: 'm', origin: 'https://a.example' })).toBe('s');
});
