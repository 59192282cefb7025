import { vi } from 'vitest';
import type { TerminalFactory } from './terminal-factory.ts';
import type { XtermEvents, XtermView } from './xterm-view.ts';

/** For tests: a terminal of text. Records its calls, parses writes at once, and can simulate the user. */
export interface FakeTerminal {
  readonly view: XtermView;
  readonly events: XtermEvents;
  readonly written: string[];
  readonly asked: string[];
}

export function createFakeTerminals(): { readonly load: () => Promise<TerminalFactory>; readonly made: FakeTerminal[] } {
  const made: FakeTerminal[] = [];
  const create: TerminalFactory = (_element, _options, events) => {
    const written: string[] = [];
    const asked: string[] = [];
    const note = (what: string) => () => void asked.push(what);
    const view: XtermView = {
      port: {
        beginReplay: (cols, rows) => void asked.push(`reset ${cols}x${rows}`),
        endReplay: note('replayed'),
        resize: (cols, rows) => void asked.push(`resize ${cols}x${rows}`),
        write(bytes, parsed) {
          written.push(new TextDecoder().decode(bytes));
          parsed();
        },
      },
      proposeSize: () => ({ cols: 70, rows: 12 }),
      focus: note('focus'),
      setTyping: (allowed) => void asked.push(`typing ${allowed}`),
      setFreeSize: () => undefined,
      refreshTheme: note('theme'),
      setVisible: () => undefined,
      find: (text, direction) => void asked.push(`find ${text} ${direction}`),
      clearFind: note('clear find'),
      copyText: () => written.join(''),
      scrollToEnd: note('to end'),
      setScrollback: (lines) => void asked.push(`scrollback ${lines}`),
      dispose: note('dispose'),
    };
    made.push({ view, events, written, asked });
    return view;
  };
  return { load: async () => create, made };
}

/** Features that jsdom lacks and a terminal needs. */
export function stubLayout(): void {
  class Observer {
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  vi.stubGlobal('ResizeObserver', Observer);
  vi.stubGlobal('IntersectionObserver', Observer);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  Element.prototype.scrollIntoView = () => {};
  document.hasFocus = () => true;
}
