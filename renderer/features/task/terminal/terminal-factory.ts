import { createContext } from 'react';
import type { XtermEvents, XtermOptions, XtermView } from './xterm-view.ts';

export type TerminalFactory = (element: HTMLElement, options: XtermOptions, events: XtermEvents) => XtermView;

/** Loads the code of the terminal when the first one is shown. Tests replace it with a fake. */
export const TerminalFactoryContext = createContext<() => Promise<TerminalFactory>>(
  async () => (await import('./xterm-view.ts')).createXtermView,
);
