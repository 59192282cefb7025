import { type RefObject, use, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { TaskId } from '../../../../preload/contract/index.ts';
import { useActions, useClient } from '../../../stores/index.ts';
import { t } from '../../../i18n.ts';
import { TerminalFactoryContext } from './terminal-factory.ts';
import { HISTORY_SCROLLBACK_LINES, nextHistory } from './terminal-history.ts';
import { useTerminalScreenReader } from './terminal-preferences.ts';
import { createTerminalSession, type TerminalSession, type TerminalStatus } from './terminal-session.ts';
import type { ScrollState, XtermView } from './xterm-view.ts';

export interface TaskTerminalOptions {
  readonly taskId: TaskId;
  /** The process has ended: keys have no effect and the screen may follow the size of its element. */
  readonly ended: boolean;
  readonly autoFocus: boolean;
  readonly onLeave: () => void;
  readonly onFound: (found: { readonly index: number; readonly count: number }) => void;
}

export interface TaskTerminalState {
  readonly hostRef: RefObject<HTMLDivElement | null>;
  readonly viewRef: RefObject<XtermView | undefined>;
  readonly status: TerminalStatus;
  readonly scroll: ScrollState;
  /** What happens when the reader reaches the top. */
  readonly history: ReturnType<typeof nextHistory>['kind'];
  readonly loadEarlier: () => void;
  /** Attaches again after a failure, and focuses the terminal. */
  readonly retry: () => void;
}

const AT_END: ScrollState = { following: true, atTop: false, scrollable: false, full: false };
/** The size of a terminal before its element has one. Source: docs/background-tasks.md, "Limits". */
const UNMEASURED = { cols: 120, rows: 40 };
const FONT_SIZE_PX = 12.5;

/** Connects a task's view on the host with an xterm in `hostRef` while the component is shown. */
export function useTaskTerminal({ taskId, ended, autoFocus, onLeave, onFound }: TaskTerminalOptions): TaskTerminalState {
  const client = useClient();
  const { openExternal } = useActions();
  const loadFactory = use(TerminalFactoryContext);
  const screenReader = useTerminalScreenReader();
  const hostRef = useRef<HTMLDivElement>(null);
  const viewRef = useRef<XtermView>(undefined);
  const sessionRef = useRef<TerminalSession>(undefined);
  const [status, setStatus] = useState<TerminalStatus>({ kind: 'attaching' });
  const [scroll, setScroll] = useState(AT_END);
  const [askedBytes, setAskedBytes] = useState(0);

  const history = nextHistory({ askedBytes, skipped: status.kind === 'live' && status.skipped, full: scroll.full });
  const loadEarlier = () => {
    if (history.kind !== 'more' || status.kind !== 'live') return;
    setAskedBytes(history.bytes);
    viewRef.current?.setScrollback(HISTORY_SCROLLBACK_LINES);
    sessionRef.current?.loadHistory(history.bytes);
  };
  const retry = () => {
    sessionRef.current?.retry();
    viewRef.current?.focus();
  };
  const reachTop = useEffectEvent(loadEarlier);
  const leave = useEffectEvent(onLeave);
  const tellFound = useEffectEvent(onFound);
  const open = useEffectEvent((url: string) => void openExternal(url));
  const focusFirst = useEffectEvent((view: XtermView) => {
    if (autoFocus) view.focus();
  });
  const applyEnded = useEffectEvent((view: XtermView) => {
    view.setTyping(!ended);
    view.setFreeSize(ended);
  });

  useEffect(() => {
    const host = hostRef.current;
    if (host === null) return;
    let stop: (() => void) | undefined;
    let gone = false;
    setStatus({ kind: 'attaching' });
    setScroll(AT_END);
    setAskedBytes(0);
    Promise.all([loadFactory(), loadFont(host)]).then(
      ([createView]) => {
        if (gone) return;
        const view = createView(
          host,
          { ...UNMEASURED, fontFamily: getComputedStyle(host).fontFamily, fontSizePx: FONT_SIZE_PX, screenReader },
          {
            onInput: (data) => sessionRef.current?.input(data),
            onFocus: () => sessionRef.current?.focus(),
            onScroll: (next) => setScroll((held) => (sameScroll(held, next) ? held : next)),
            onFound: (found) => tellFound(found),
            onOpenUrl: (url) => open(url),
            onLeave: () => leave(),
          },
        );
        viewRef.current = view;
        applyEnded(view);
        const session = createTerminalSession({
          client,
          terminal: view.port,
          taskId,
          ...(view.proposeSize() ?? UNMEASURED),
          // The user looks at this window, which shows the task, so the task takes this size.
          focused: document.hasFocus(),
          nextFrame,
          onStatus: setStatus,
        });
        sessionRef.current = session;
        focusFirst(view);
        const unwatch = watchElement(host, view, session);
        stop = () => {
          unwatch();
          session.dispose();
          view.dispose();
          sessionRef.current = undefined;
          viewRef.current = undefined;
        };
      },
      (error: unknown) => setStatus({ kind: 'failed', message: t('task.terminal.notLoaded', { reason: String(error) }), canRetry: false }),
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [client, taskId, loadFactory, screenReader]);

  useEffect(() => {
    if (viewRef.current) applyEnded(viewRef.current);
  }, [ended]);

  // Scrolling to the top requests earlier output.
  useEffect(() => {
    if (scroll.atTop && scroll.scrollable) reachTop();
  }, [scroll, status]);

  return { hostRef, viewRef, status, scroll, history: history.kind, loadEarlier, retry };
}

function nextFrame(run: () => void): () => void {
  const id = requestAnimationFrame(run);
  return () => cancelAnimationFrame(id);
}

function sameScroll(a: ScrollState, b: ScrollState): boolean {
  return a.following === b.following && a.atTop === b.atTop && a.scrollable === b.scrollable && a.full === b.full;
}

/** xterm measures its cells once, so the font must be loaded first; if it cannot be loaded, the terminal is shown anyway. */
async function loadFont(host: HTMLElement): Promise<void> {
  await document.fonts?.load(`${FONT_SIZE_PX}px ${getComputedStyle(host).fontFamily}`).catch(() => undefined);
}

/** Passes size, visibility and theme of the element to the terminal as they change. */
function watchElement(host: HTMLElement, view: XtermView, session: TerminalSession): () => void {
  const resized = new ResizeObserver(() => {
    const size = view.proposeSize();
    if (size) session.setSize(size.cols, size.rows);
  });
  resized.observe(host);
  const seen = new IntersectionObserver((entries) => view.setVisible(entries.at(-1)?.isIntersecting === true));
  seen.observe(host);
  const themed = new MutationObserver(() => view.refreshTheme());
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  const refresh = () => view.refreshTheme();
  system.addEventListener('change', refresh);
  return () => {
    resized.disconnect();
    seen.disconnect();
    themed.disconnect();
    system.removeEventListener('change', refresh);
  };
}
