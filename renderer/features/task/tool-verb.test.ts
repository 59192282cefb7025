import { expect, test } from 'vitest';
import { toolVerb } from './tool-verb.ts';

test('the past tense is used only for a call that has run', () => {
  expect(toolVerb({ verb: 'edit', status: 'success' })).toBe('Edited');
  expect(toolVerb({ verb: 'edit', status: 'error' })).toBe('Edited');
  expect(toolVerb({ verb: 'edit', status: 'awaiting_approval' })).toBe('Edit');
  expect(toolVerb({ verb: 'write', status: 'denied' })).toBe('Write');
  expect(toolVerb({ verb: 'fetch', status: 'running' })).toBe('Fetch');
});

test('the text of an earlier version is shown as it is', () => {
  expect(toolVerb({ verb: 'Edited', status: 'success' })).toBe('Edited');
  expect(toolVerb({ verb: 'Searched for', status: 'denied' })).toBe('Searched for');
});
