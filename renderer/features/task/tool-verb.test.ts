import { expect, test } from 'vitest';
import { toolVerb } from './tool-verb.ts';

test('only what has happened is told in the past tense', () => {
  expect(toolVerb({ verb: 'Edited', status: 'success' })).toBe('Edited');
  expect(toolVerb({ verb: 'Edited', status: 'error' })).toBe('Edited');
  expect(toolVerb({ verb: 'Edited', status: 'awaiting_approval' })).toBe('Edit');
  expect(toolVerb({ verb: 'Wrote', status: 'denied' })).toBe('Write');
  expect(toolVerb({ verb: 'Fetched', status: 'running' })).toBe('Fetched');
});
