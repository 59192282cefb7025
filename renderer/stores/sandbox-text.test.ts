import { expect, test } from 'vitest';
import type { SandboxState } from '../../preload/contract/index.ts';
import { sandboxText } from './sandbox-text.ts';

test.each<[SandboxState, string]>([
  [{ status: 'off' }, 'Commands run without a sandbox'],
  [
    { status: 'on', backend: 'bwrap', filesystem: 'workspace-write', network: 'closed' },
    'Commands run in bwrap: writes only in the project and /tmp, no network',
  ],
  [
    { status: 'on', backend: 'sandbox-exec', filesystem: 'read-only', network: 'open' },
    'Commands run in sandbox-exec: no writes except in /tmp, network open',
  ],
  [
    { status: 'unavailable', problem: { code: 'not_installed', program: 'bubblewrap' } },
    'bubblewrap is not installed; commands do not run',
  ],
  [
    { status: 'unavailable', problem: { code: 'not_installed', program: 'sandbox-exec' } },
    'sandbox-exec is missing on this Mac; commands do not run',
  ],
  [
    { status: 'unavailable', problem: { code: 'does_not_work', message: 'no user namespace' } },
    'bubblewrap does not work here (no user namespace); commands do not run',
  ],
  [{ status: 'unavailable', problem: { code: 'unsupported_system' } }, 'Gantry supports no sandbox on this system; commands do not run'],
])('%j is “%s”', (state, text) => {
  expect(sandboxText(state)).toBe(text);
});
