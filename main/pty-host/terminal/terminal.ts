/**
 * The only file that knows xterm: a headless terminal, and its state as a byte string that brings another terminal of
 * the same size to the same state. The serializer keeps cells and scrollback; terminal-state.ts adds what it loses.
 */
import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { widenCharacters } from './character-widths.ts';
import { restoreHiddenState, restoreState } from './terminal-state.ts';

/** 10,000 lines were measured at 15 to 25 MB a task and 125 ms to serialize. */
export const MIRROR_LINES = 2000;
const ENTER_ALTERNATE = '\x1b[?1049h\x1b[H';
/** A title is set by the command and may be of any length. Unit: characters. */
const TITLE_CHARS = 256;

export interface HeadlessTerminal {
  /** Calls `done` when the data is parsed, before any later write is parsed. */
  write(bytes: Uint8Array, done: () => void): void;
  resize(cols: number, rows: number): void;
  serialize(): string;
  /** Counted from 1, as in a cursor report. */
  cursor(): { readonly row: number; readonly col: number };
  /** True when the scrollback is full, so that older lines are lost. */
  isFull(): boolean;
  dispose(): void;
}

export function createHeadlessTerminal(cols: number, rows: number): HeadlessTerminal {
  const terminal = new headless.Terminal({ cols, rows, scrollback: MIRROR_LINES, allowProposedApi: true, logLevel: 'off' });
  widenCharacters(terminal);
  const serializer = new SerializeAddon();
  serializer.activate(asAddonHost(terminal));
  let title = '';
  const onTitle = terminal.onTitleChange((changed) => {
    title = withoutControls(changed).slice(0, TITLE_CHARS);
  });
  return {
    write: (bytes, done) => terminal.write(bytes, done),
    resize: (newCols, newRows) => terminal.resize(newCols, newRows),
    serialize() {
      const normal = serializer.serialize({ excludeModes: true, excludeAltBuffer: true });
      if (terminal.buffer.active.type === 'normal') return normal + restoreState(terminal, title);
      const both = serializer.serialize({ excludeModes: true });
      const alternate = both.slice(normal.length + ENTER_ALTERNATE.length);
      // ?47 switches without saving the cursor: the saved one was just restored.
      return `${normal}${restoreHiddenState(terminal)}\x1b[0m\x1b[?47h\x1b[H${alternate}${restoreState(terminal, title)}`;
    },
    cursor: () => ({ row: terminal.buffer.active.cursorY + 1, col: Math.min(terminal.buffer.active.cursorX, terminal.cols - 1) + 1 }),
    isFull: () => terminal.buffer.normal.length >= MIRROR_LINES + terminal.rows,
    dispose() {
      onTitle.dispose();
      serializer.dispose();
      terminal.dispose();
    },
  };
}

type AddonHost = Parameters<SerializeAddon['activate']>[0];

/** The add-on is typed for the browser's terminal; the headless one also has the members it reads (buffer, modes, options, cols, rows). */
function asAddonHost(terminal: unknown): AddonHost {
  return terminal as AddonHost; // the pinned versions are tested together in terminal.test.ts
}

function withoutControls(text: string): string {
  return [...text].filter((char) => char >= ' ' && !(char >= '\x7f' && char < '\xa0')).join('');
}
