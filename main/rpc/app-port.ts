import type { Params, Result } from '../../preload/contract/index.ts';
import type { Confirmation } from './confirmation.ts';

/** Host abilities for the window. Errors: `not_supported` when this host lacks the ability. */
export interface AppPort {
  describe(): Result<'app.describe'>;
  pickFolder(): Promise<string | null>;
  /** Opens the window's menu. Units: CSS pixels of the page. */
  openMenu(at: Params<'app.openMenu'>): Promise<void>;
  /** Draws the window's buttons as dark as the page is behind a dialog. */
  dimTitleBar(dimmed: boolean): Promise<void>;
  /** Shows a file of Gantry in its folder. */
  revealFile(path: string): Promise<void>;
  /** `url` is http or https; the contract has checked it. */
  openExternal(url: string): Promise<void>;
  /**
   * Asks the user where a script in the page cannot answer; true: granted. An abort withdraws the question. Errors: `not_supported`
   * when there is no place to ask. Absent: what the page says is enough.
   */
  readonly confirm?: (question: Confirmation, signal: AbortSignal) => Promise<boolean>;
}
