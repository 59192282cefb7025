/**
 * Gives the page's memory back after a flood in a terminal. Chromium collects the page's garbage when the page works again: an idle
 * page was measured to keep 132 MB for minutes, and 92 MB after this.
 */
import type { WebContents } from 'electron';
import { afterFlood } from '../lib/after-flood.ts';

/** The page still parses and draws for a while after the last output. Unit: ms. */
const PAUSE_MS = 15_000;

/** Returns a function to call with the size of each chunk of output that is sent to the page. */
export function collectAfterFloods(contents: WebContents): (bytes: number) => void {
  return afterFlood(PAUSE_MS, () => void collectGarbage(contents));
}

/** Errors: none. A page that has closed has no garbage; one with open developer tools keeps its own. */
async function collectGarbage(contents: WebContents): Promise<void> {
  if (contents.isDestroyed() || contents.debugger.isAttached()) return;
  try {
    contents.debugger.attach('1.3');
    await contents.debugger.sendCommand('HeapProfiler.collectGarbage');
    contents.debugger.detach();
  } catch {
    // It closed meanwhile, or another debugger is attached.
  }
}
