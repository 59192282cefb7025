import type { ElectronApplication } from '@playwright/test';
import { type Gantry, test } from '../support/fixtures.ts';

/** For specs of the desktop in Electron itself: call it at the top of the file. */
export function onlyInElectron(): void {
  test.skip(({ hostKind }) => hostKind !== 'desktop', 'this spec is for Electron itself');
}

export function electronOf({ host }: Gantry): ElectronApplication {
  if (host.electron === undefined) throw new Error('this spec is for Electron itself');
  return host.electron;
}

/** Message boxes that were shown since `recordDialogs`: they are left unanswered, or answered with `response`. */
export interface ShownDialog {
  readonly title?: string;
  readonly message: string;
  readonly detail?: string;
  readonly buttons: readonly string[];
}

export async function recordDialogs(gantry: Gantry, response?: number): Promise<() => Promise<readonly ShownDialog[]>> {
  const electron = electronOf(gantry);
  await electron.evaluate(({ dialog }, answer) => {
    const shown: unknown[] = [];
    Reflect.set(globalThis, 'shownDialogs', shown);
    dialog.showMessageBox = (...args: unknown[]) => {
      shown.push(args.at(-1));
      return answer === undefined ? new Promise(() => undefined) : Promise.resolve({ response: answer, checkboxChecked: false });
    };
  }, response);
  return () => electron.evaluate(() => Reflect.get(globalThis, 'shownDialogs') as ShownDialog[]);
}
