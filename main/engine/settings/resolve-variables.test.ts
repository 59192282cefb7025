import { expect, test } from 'vitest';
import { resolveVariables } from './resolve-variables.ts';

test.each([
  ['$HOST', 'h'],
  ['https://${HOST}/v1', 'https://h/v1'],
  ['$UNKNOWN and ${UNKNOWN}', '$UNKNOWN and ${UNKNOWN}'],
  ['$HOSTNAME', '$HOSTNAME'],
  ['$SESSION_ID', '$SESSION_ID'],
  ['costs $5', 'costs $5'],
])('%s reads %s', (written, read) => {
  expect(resolveVariables({ deep: [written] }, { HOST: 'h', SESSION_ID: 's' })).toEqual({ deep: [read] });
});
