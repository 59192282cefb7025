/** `tools.executionSandbox` as set by the user and the system; a project's own is ignored. Pure. Source: docs/formats.md 6. */
import { z } from 'zod';
import type { SandboxSettings } from './sandbox.ts';

const Written = z.object({
  filesystem: z.enum(['read-only', 'workspace-write']).optional(),
  network: z.enum(['open', 'closed']).optional(),
  backend: z.enum(['auto', 'bwrap']).optional(),
});

/**
 * Undefined: the settings do not mention it. A key that is present requests a sandbox, so an unknown value in it counts as the
 * stricter one.
 */
export function toSandboxSettings(all: Readonly<Record<string, unknown>>): SandboxSettings | undefined {
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
