/** Whether npm's settings in the workspace are known to name no program. */
import { dirname, join } from 'node:path';
import type { WorkspaceFs } from '../../../ports.ts';
import { isWithin } from '../../../lib/within.ts';

const HARMLESS_KEY =
  /^(?:(?:@[\w.-]+:)?registry|\/\/.*|save-exact|save-prefix|engine-strict|legacy-peer-deps|strict-peer-deps|package-lock|fund|audit|audit-level|loglevel|progress|update-notifier|ignore-scripts|install-links|omit|include|always-auth|auto-install-peers|shamefully-hoist|hoist|node-linker|public-hoist-pattern\[\]|strict-ssl|fetch-\w+|min-release-age)$/;
const MAX_BYTES = 64 * 1024;

/** Why npm asks here; undefined if no setting in the workspace can name a program. */
export async function refusedNpm(
  folder: string,
  roots: readonly string[],
  fs: Pick<WorkspaceFs, 'stat' | 'readBytes'>,
): Promise<string | undefined> {
  for (let at = folder; roots.some((root) => isWithin(at, root)); at = dirname(at)) {
    const path = join(at, '.npmrc');
    if ((await fs.stat(path).catch(() => undefined)) !== undefined) {
      const text = new TextDecoder().decode(await fs.readBytes(path, MAX_BYTES).catch(() => new TextEncoder().encode('unreadable')));
      const odd = text
        .split(/\r?\n/)
        .find((line) => !/^\s*(?:[#;].*)?$/.test(line) && !HARMLESS_KEY.test(line.split('=')[0]?.trim() ?? ''));
      if (odd !== undefined || text.length >= MAX_BYTES) return `npm’s settings in ${path} can name programs`;
    }
    if (at === dirname(at)) return undefined;
  }
  return undefined;
}
