/** `tools.executionSandbox` as the user and the system wrote it; a project's own never counts. Pure. Source: docs/formats.md 6. */
import { z } from 'zod';
import type { SandboxSettings } from './sandbox.ts';

const Written = z.object({
  filesystem: z.enum(['read-only', 'workspace-write']).optional(),
  network: z.enum(['open', 'closed']).optional(),
  backend: z.enum(['auto', 'bwrap']).optional(),
});

/**
 * Undefined: the settings say nothing. Whoever writes the key wants a sandbox, so a word in it that is not known counts as the
 * stricter one.
 */
export function sandboxSettingsOf(all: Readonly<Record<string, unknown>>): SandboxSettings | undefined {
  const tools = all['tools'];
  if (typeof tools !== 'object' || tools === null || !('executionSandbox' in tools)) return undefined;
  const written = tools.executionSandbox;
  if (written === undefined || written === null || written === false) return undefined;
  const { filesystem, network, backend } = Written.safeParse(written).data ?? {
    filesystem: 'workspace-write',
    network: 'closed',
    backend: 'auto',
  };
  return { filesystem: filesystem ?? 'workspace-write', network: network ?? 'closed', backend: backend ?? 'auto' };
}
