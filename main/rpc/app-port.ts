import type { Result } from '../../preload/contract/index.ts';

/** What only the host can do for the window. Errors: `not_supported` where this host has no such ability. */
export interface AppPort {
  describe(): Result<'app.describe'>;
  pickFolder(): Promise<string | null>;
  /** Shows a file of ours in its folder. */
  revealFile(path: string): Promise<void>;
  /** `url` is http or https: the contract has checked it. */
  openExternal(url: string): Promise<void>;
}
