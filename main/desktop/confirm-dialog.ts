import { type BrowserWindow, dialog, type MessageBoxOptions } from 'electron';
import type { Confirmation } from '../rpc/index.ts';

const GRANT = 0;
const CANCEL = 1;

/**
 * Asks in a dialog of the system, which a script in the page can neither see nor answer. Cancel is the default, so that a key
 * meant for the page changes nothing. An abort closes the dialog.
 */
export async function confirmInDialog(
  window: BrowserWindow | undefined,
  { message, detail, action }: Confirmation,
  signal: AbortSignal,
): Promise<boolean> {
  const options: MessageBoxOptions = {
    type: 'warning',
    title: 'Gantry',
    message,
    detail,
    buttons: [action, 'Cancel'],
    defaultId: CANCEL,
    cancelId: CANCEL,
    noLink: true,
    signal,
  };
  const { response } = await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
  return response === GRANT && !signal.aborted;
}
