import '@xterm/xterm/css/xterm.css';
import './terminal.css';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import type { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import { isWebUrl } from '../../../stores/index.ts';
import type { TerminalPort } from './terminal-session.ts';
import { silenceQueries } from './xterm-queries.ts';
import { writeInSlices } from './write-in-slices.ts';
import { bufferText } from './xterm-text.ts';
import { searchColors, terminalTheme } from './xterm-theme.ts';
import { loadWebgl } from './xterm-webgl.ts';

/**
 * xterm in an element: how a terminal looks, scrolls, searches and handles keys. The only file that imports xterm's code; it is
 * loaded when the first terminal is shown. Does not own: what is written and when (terminal-session.ts).
 */
export interface XtermView {
  readonly port: TerminalPort;
  /** The size that fits into the element; undefined while it has no size. Unit: cells. */
  proposeSize(): { cols: number; rows: number } | undefined;
  focus(): void;
  /** Whether keys reach the program. */
  setTyping(allowed: boolean): void;
  /** An ended process has no size any more, so its screen may follow the element's. */
  setFreeSize(free: boolean): void;
  /** Repaints with the current tokens. */
  refreshTheme(): void;
  /** Renders with WebGL while visible; without it, or when the context is lost, the DOM renderer is used. */
  setVisible(visible: boolean): void;
  find(text: string, direction: 'next' | 'previous'): void;
  clearFind(): void;
  /** The selection, or else the whole buffer, without trailing blank lines. */
  copyText(): string;
  scrollToEnd(): void;
  /** Keeps more lines than usual while older output is shown. */
  setScrollback(lines: number): void;
  dispose(): void;
}

export interface XtermEvents {
  readonly onInput: (data: string) => void;
  readonly onFocus: () => void;
  readonly onScroll: (state: ScrollState) => void;
  readonly onFound: (found: { readonly index: number; readonly count: number }) => void;
  /** A click on an http or https link. */
  readonly onOpenUrl: (url: string) => void;
  /** The user leaves the terminal by keyboard. */
  readonly onLeave: () => void;
}

export interface ScrollState {
  /** At the newest line: new output moves the view. */
  readonly following: boolean;
  /** At the oldest line of the buffer; never in a full-screen program, which has no scrollback. */
  readonly atTop: boolean;
  /** There are more lines than fit. */
  readonly scrollable: boolean;
  /** The scrollback is full, so older lines were dropped. */
  readonly full: boolean;
}

export interface XtermOptions {
  readonly cols: number;
  readonly rows: number;
  readonly fontFamily: string;
  readonly fontSizePx: number;
  readonly screenReader: boolean;
}

/** Unit: lines. Source: docs/background-tasks.md, "Limits". */
export const SCROLLBACK_LINES = 10_000;
/** ECMA-48 CANCEL: leaves an unfinished sequence, so that a replay never begins inside one. */
const CANCEL = Uint8Array.of(0x18);

export function createXtermView(element: HTMLElement, options: XtermOptions, events: XtermEvents): XtermView {
  const readToken = (name: string) => getComputedStyle(element).getPropertyValue(name);
  const openUrl = (event: MouseEvent, url: string) => {
    event.preventDefault();
    if (isWebUrl(url)) events.onOpenUrl(url);
  };
  const terminal = new Terminal({
    allowProposedApi: true, // unicode versions and search decorations
    cols: options.cols,
    rows: options.rows,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    disableStdin: true, // until the first replay has been parsed
    drawBoldTextInBrightColors: false,
    fontFamily: options.fontFamily,
    fontSize: options.fontSizePx,
    lineHeight: 1.1,
    linkHandler: { activate: (event, url) => openUrl(event, url) }, // OSC 8
    logLevel: 'off',
    macOptionIsMeta: true,
    minimumContrastRatio: 4.5,
    screenReaderMode: options.screenReader,
    scrollback: SCROLLBACK_LINES,
    theme: terminalTheme(readToken),
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.loadAddon(new WebLinksAddon(openUrl));
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  silenceQueries(terminal);
  terminal.open(element);

  let typing = false;
  let replaying = true;
  let freeSize = false;
  let webgl: WebglAddon | undefined;
  let linesFromEnd = 0;
  let heightPx = 0;
  let spacePx = 0;
  let atAlternate = false;

  const buffer = () => terminal.buffer.active;
  const applyTyping = () => {
    terminal.options.disableStdin = replaying || !typing;
  };
  const reportScroll = () => {
    const { viewportY, baseY } = buffer();
    const held = terminal.buffer.normal.length;
    events.onScroll({
      following: viewportY >= baseY,
      atTop: viewportY === 0 && buffer().type === 'normal',
      scrollable: baseY > 0,
      full: held >= (terminal.options.scrollback ?? 0) + terminal.rows,
    });
  };

  /** A terminal sized by another view can be taller than the element: then the element shows the part with the cursor. */
  const keepCursorInSight = () => {
    const { viewportY, baseY, cursorY } = buffer();
    if (viewportY < baseY || heightPx <= spacePx) return;
    const linePx = heightPx / terminal.rows;
    element.scrollTop = Math.max(0, (cursorY + 2) * linePx - spacePx);
  };
  // Not measured in every frame: that would force another layout each time.
  const sizes = new ResizeObserver(() => {
    heightPx = terminal.element?.offsetHeight ?? 0;
    spacePx = element.clientHeight;
    keepCursorInSight();
  });
  sizes.observe(element);
  if (terminal.element) sizes.observe(terminal.element);

  terminal.onData(events.onInput);
  // Old mouse reports carry raw bytes; those above 127 would not survive as text.
  terminal.onBinary((data) => {
    if ([...data].every((char) => char < '\x80')) events.onInput(data);
  });
  terminal.onRender(keepCursorInSight);
  // Every way of scrolling ends in a painted frame; only some have an event of their own.
  terminal.onRender(reportScroll);
  search.onDidChangeResults(({ resultIndex, resultCount }) => events.onFound({ index: resultIndex, count: resultCount }));
  terminal.textarea?.addEventListener('focus', events.onFocus);
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true;
    if (event.key === 'Escape' && event.shiftKey) {
      events.onLeave();
      return false;
    }
    // Without a program that accepts input, Tab moves the focus as on the rest of the page.
    if (event.key === 'Tab' && terminal.options.disableStdin) return false;
    // Ctrl+Shift+C copies, as in other terminals; Ctrl+C belongs to the program.
    if (event.key.toLowerCase() === 'c' && event.ctrlKey && event.shiftKey) {
      event.preventDefault();
      if (terminal.hasSelection()) void navigator.clipboard.writeText(terminal.getSelection());
      return false;
    }
    return true;
  });

  const fitFreely = () => {
    const size = freeSize ? fit.proposeDimensions() : undefined;
    if (size && Number.isInteger(size.cols) && size.cols > 1) terminal.resize(size.cols, Math.max(1, size.rows));
  };

  const port: TerminalPort = {
    beginReplay(cols, rows) {
      replaying = true;
      applyTyping();
      const { viewportY, baseY } = buffer();
      linesFromEnd = baseY - viewportY;
      atAlternate = buffer().type === 'alternate';
      terminal.reset();
      terminal.resize(cols, rows);
      terminal.write(CANCEL);
    },
    endReplay() {
      replaying = false;
      applyTyping();
      fitFreely();
      if (linesFromEnd > 0 && !atAlternate) terminal.scrollToLine(Math.max(0, buffer().baseY - linesFromEnd));
      reportScroll();
    },
    resize(cols, rows) {
      if (!freeSize) terminal.resize(cols, rows);
    },
    write: (bytes, parsed) => writeInSlices(terminal, bytes, parsed),
  };

  return {
    port,
    proposeSize() {
      const size = fit.proposeDimensions();
      if (!size || !Number.isInteger(size.cols) || !Number.isInteger(size.rows) || element.clientHeight === 0) return undefined;
      fitFreely();
      return { cols: size.cols, rows: size.rows };
    },
    focus: () => terminal.focus(),
    setTyping(allowed) {
      typing = allowed;
      applyTyping();
    },
    setFreeSize(free) {
      freeSize = free;
      terminal.options.cursorInactiveStyle = free ? 'none' : 'outline';
      if (!replaying) fitFreely();
    },
    refreshTheme() {
      terminal.options.theme = terminalTheme(readToken);
    },
    setVisible(visible) {
      if (visible && webgl === undefined) webgl = loadWebgl(terminal, () => void (webgl = undefined));
      if (!visible) {
        webgl?.dispose();
        webgl = undefined;
      }
    },
    find(text, direction) {
      const decorations = searchColors(readToken);
      if (direction === 'next') search.findNext(text, { decorations, incremental: false });
      else search.findPrevious(text, { decorations });
    },
    clearFind: () => search.clearDecorations(),
    copyText() {
      if (terminal.hasSelection()) return terminal.getSelection();
      return bufferText(terminal);
    },
    scrollToEnd() {
      terminal.scrollToBottom();
      reportScroll();
    },
    setScrollback(lines) {
      terminal.options.scrollback = lines;
    },
    dispose() {
      sizes.disconnect();
      webgl?.dispose();
      terminal.dispose();
    },
  };
}
