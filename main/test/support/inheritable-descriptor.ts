import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';

interface NativePty {
  open(cols: number, rows: number): { readonly master: number; readonly slave: number; readonly pty: string };
}

/**
 * Opens a terminal on a descriptor without close-on-exec, as Chromium's are in Electron; Node's own always have it. Closed after the
 * test. Returns its path.
 */
export function openInheritable(): { readonly path: string } {
  const { loadNativeModule } = createRequire(import.meta.url)('node-pty/lib/utils.js') as {
    loadNativeModule(name: string): { readonly module: NativePty };
  };
  const { master, slave, pty } = loadNativeModule('pty').module.open(80, 24);
  onTestFinished(() => {
    closeSync(master);
    closeSync(slave);
  });
  return { path: pty };
}
