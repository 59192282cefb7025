import type { Result } from '../../preload/contract/index.ts';

/** Host abilities for the window. Errors: `not_supported` when this host lacks the ability. */
export interface AppPort {
  describe(): Result<'app.describe'>;
  pickFolder(): Promise<string | null>;
  /** Shows a file of Gantry in its folder. */
  revealFile(path: string): Promise<void>;
  /** `url` is http or https; the contract has checked it. */
  openExternal(url: string): Promise<void>;
}
