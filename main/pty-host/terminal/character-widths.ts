import { Unicode11Addon } from '@xterm/addon-unicode11';
import type { Terminal } from '@xterm/headless';

/** The widths of Unicode 11, which the window's terminal uses too: other widths would misplace text after an emoji in a replay. */
export function widenCharacters(terminal: Terminal): void {
  new Unicode11Addon().activate(asAddonHost(terminal));
  terminal.unicode.activeVersion = '11';
}

type AddonHost = Parameters<Unicode11Addon['activate']>[0];

/** The add-on is typed for the browser's terminal; it registers with `unicode`, which headless has too. */
function asAddonHost(terminal: unknown): AddonHost {
  return terminal as AddonHost;
}
