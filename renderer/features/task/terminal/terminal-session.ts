import { defined, type OutputFrame, type TaskId, type ViewerId } from '../../../../preload/contract/index.ts';
import { type Client, ClientError } from '../../../rpc/index.ts';
import { concat, splitInput } from './terminal-session-pieces.ts';

/**
 * One terminal view of one task: the protocol between the host's output frames and a terminal, without React or xterm.
 *
 * Owns: attach, detach and attaching again; the order of replay, data and resize; offsets; acks; which input goes out.
 * Does not own: the terminal, its looks, its scroll position.
 * Flow: attach -> replay frame (terminal reset and rewritten) -> data frames queue -> one write per animation frame ->
 * ack when the terminal has parsed it. The echo of a key waits for no frame.
 * Source: docs/walks.md, "A byte of output"; contract/envelope.ts, OutputFrame.
 */
export interface TerminalSession {
  /** What the user typed or pasted. Dropped while there is no view and while a replay is written. */
  input(data: string): void;
  /** The available size, in cells. The terminal takes its size from the frames. A size of 0 is ignored. */
  setSize(cols: number, rows: number): void;
  /** The user has focused this terminal: its size becomes the PTY's. */
  focus(): void;
  /** Attaches again with a replay of this much of the raw log. Unit: bytes. */
  loadHistory(historyBytes: number): void;
  /** Attaches again, for example after a failure. */
  retry(): void;
  dispose(): void;
}

/** What a session needs of a terminal. `parsed` is called once, when all of `bytes` has been interpreted. */
export interface TerminalPort {
  /** Disables input, clears screen and scrollback, sets this size. Earlier writes have been parsed. */
  beginReplay(cols: number, rows: number): void;
  /** The replay has been parsed: enables input again. */
  endReplay(): void;
  resize(cols: number, rows: number): void;
  write(bytes: Uint8Array, parsed: () => void): void;
}

export type TerminalStatus =
  | { readonly kind: 'attaching' }
  /** `skipped`: older output exists that this view does not have. */
  | { readonly kind: 'live'; readonly skipped: boolean }
  /** No connection; attaches again by itself. */
  | { readonly kind: 'lost' }
  /** `canRetry`: another attach may succeed. */
  | { readonly kind: 'failed'; readonly message: string; readonly canRetry: boolean };

export interface TerminalSessionOptions {
  readonly client: Pick<Client, 'request' | 'notify' | 'onOutput' | 'onState'>;
  readonly terminal: TerminalPort;
  readonly taskId: TaskId;
  readonly cols: number;
  readonly rows: number;
  /** The view takes the focus at its start, so it determines the size. */
  readonly focused: boolean;
  /** Runs before the next paint; returns a function that cancels it. */
  readonly nextFrame: (run: () => void) => () => void;
  readonly onStatus: (status: TerminalStatus) => void;
}

/** The contract's limits of a terminal's size. Unit: cells. */
const MAX_CELLS = 1000;
/** What xterm reports on focus changes (mode 1004). Several views of one PTY would contradict each other, so none is sent. */
const FOCUS_REPORTS: readonly string[] = ['\x1b[I', '\x1b[O'];

/** An answer to a key that is no longer than this is shown without waiting for the next frame. Unit: bytes. */
const ECHO_BYTES = 4096;

interface View {
  readonly viewerId: ViewerId;
  /** Bytes of all frames received, replays included. */
  receivedBytes: number;
  /** Where the next data frame must begin; undefined until the first replay. */
  nextOffset: number | undefined;
  unsubscribe: () => void;
}

type Step =
  | {
      readonly kind: 'replay';
      readonly cols: number;
      readonly rows: number;
      readonly skipped: boolean;
      readonly bytes: Uint8Array;
      readonly view: View;
      readonly ack: number;
    }
  | { readonly kind: 'data'; readonly bytes: Uint8Array; readonly view: View; readonly ack: number }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number };

export function createTerminalSession(options: TerminalSessionOptions): TerminalSession {
  const { client, terminal, taskId } = options;
  let size = { cols: options.cols, rows: options.rows };
  let focused = options.focused;
  let historyBytes: number | undefined;
  let view: View | undefined;
  /** Grows with every attach and detach; the view of an outdated answer is detached. */
  let attempt = 0;
  let steps: Step[] = [];
  let writing = false;
  let replaying = false;
  /** A key was sent and no output has arrived since. */
  let awaitsEcho = false;
  let cancelFrame: (() => void) | undefined;
  let connected = false;
  let disposed = false;

  function attach(): void {
    const mine = ++attempt;
    const asked = { ...size, focused };
    options.onStatus({ kind: 'attaching' });
    client.request('task.attach', { taskId, ...asked, ...defined({ historyBytes }) }).then(
      ({ viewerId }) => {
        if (mine !== attempt || disposed) return giveBack(viewerId);
        begin(viewerId);
        // Changes while the answer was pending.
        if (asked.cols !== size.cols || asked.rows !== size.rows) client.notify('task.resize', { viewerId, ...size });
        if (!asked.focused && focused) client.notify('task.focus', { viewerId });
      },
      (error: unknown) => {
        if (mine !== attempt || disposed) return;
        // A lost connection is handled by onState, which attaches again.
        if (error instanceof ClientError && error.code === 'connection_lost') return;
        options.onStatus({ kind: 'failed', message: error instanceof Error ? error.message : String(error), canRetry: true });
      },
    );
  }

  function begin(viewerId: ViewerId): void {
    const next: View = { viewerId, receivedBytes: 0, nextOffset: undefined, unsubscribe: () => undefined };
    view = next;
    // Frames may be delivered from within onOutput; `receive` copes, as `view` is set already.
    next.unsubscribe = client.onOutput(viewerId, (frame) => receive(next, frame));
    if (view !== next) next.unsubscribe();
  }

  /**
   * Ends the view on the host. It may have ended with its connection, which is as good. Frames that are still in transit are
   * received and dropped until the host has answered: without a listener the client would keep them for one.
   */
  function giveBack(viewerId: ViewerId): void {
    const ignore = client.onOutput(viewerId, () => undefined);
    client.request('task.detach', { viewerId }).then(ignore, ignore);
  }

  function leave(): void {
    attempt += 1;
    if (view === undefined) return;
    view.unsubscribe();
    if (connected) giveBack(view.viewerId);
    view = undefined;
  }

  function attachAgain(): void {
    leave();
    if (connected) attach();
  }

  function receive(from: View, frame: OutputFrame): void {
    if (from !== view) return;
    from.receivedBytes += frame.bytes.length;
    switch (frame.kind) {
      case 'replay':
        // The replay contains the waiting output too; its bytes count as parsed with the replay's ack.
        steps = [
          {
            kind: 'replay',
            cols: frame.cols,
            rows: frame.rows,
            skipped: frame.skipped,
            bytes: frame.bytes,
            view: from,
            ack: from.receivedBytes,
          },
        ];
        from.nextOffset = frame.offsetBytes;
        break;
      case 'resize':
        steps.push({ kind: 'resize', cols: frame.cols, rows: frame.rows });
        break;
      case 'data': {
        if (from.nextOffset === undefined) return; // there is no base before the replay
        if (frame.offsetBytes > from.nextOffset) return attachAgain();
        const bytes = frame.bytes.subarray(Math.min(from.nextOffset - frame.offsetBytes, frame.bytes.length));
        from.nextOffset += bytes.length;
        steps.push({ kind: 'data', bytes, view: from, ack: from.receivedBytes });
        break;
      }
    }
    if (awaitsEcho && frame.kind === 'data') {
      awaitsEcho = false;
      if (frame.bytes.length <= ECHO_BYTES && steps.length === 1 && !writing && cancelFrame === undefined) return apply();
    }
    schedule();
  }

  function schedule(): void {
    if (writing || cancelFrame !== undefined || steps.length === 0 || disposed) return;
    cancelFrame = options.nextFrame(() => {
      cancelFrame = undefined;
      apply();
    });
  }

  /** Applies steps up to and including one write; the rest waits for its end, so that nothing overtakes it. */
  function apply(): void {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      if (step.kind === 'resize') {
        terminal.resize(step.cols, step.rows);
        continue;
      }
      if (step.kind === 'replay') return replay(step);
      const pieces = [step.bytes];
      let last = step;
      while (steps[0]?.kind === 'data' && steps[0].view === step.view) {
        last = steps[0];
        pieces.push(last.bytes);
        steps.shift();
      }
      return write(concat(pieces), () => acknowledge(last.view, last.ack));
    }
  }

  function replay(step: Extract<Step, { kind: 'replay' }>): void {
    replaying = true;
    terminal.beginReplay(step.cols, step.rows);
    write(step.bytes, () => {
      replaying = false;
      terminal.endReplay();
      acknowledge(step.view, step.ack);
      if (step.view === view) options.onStatus({ kind: 'live', skipped: step.skipped });
    });
  }

  function write(bytes: Uint8Array, parsed: () => void): void {
    writing = true;
    terminal.write(bytes, () => {
      writing = false;
      if (disposed) return;
      parsed();
      schedule();
    });
  }

  function acknowledge(of: View, parsedBytes: number): void {
    if (of === view) client.notify('task.ack', { viewerId: of.viewerId, parsedBytes });
  }

  const unsubscribeState = client.onState((state) => {
    const wasConnected = connected;
    connected = state.kind === 'ready';
    if (connected && !wasConnected) attach();
    if (connected || disposed) return;
    leave();
    options.onStatus({ kind: 'lost' });
  });

  return {
    input(data) {
      if (disposed || replaying || view === undefined || data === '' || FOCUS_REPORTS.includes(data)) return;
      awaitsEcho = true;
      for (const piece of splitInput(data)) client.notify('task.input', { taskId, data: piece });
    },
    setSize(cols, rows) {
      if (!isUsable(cols) || !isUsable(rows)) return;
      const next = { cols: Math.min(cols, MAX_CELLS), rows: Math.min(rows, MAX_CELLS) };
      if (next.cols === size.cols && next.rows === size.rows) return;
      size = next;
      if (view !== undefined) client.notify('task.resize', { viewerId: view.viewerId, ...size });
    },
    focus() {
      focused = true;
      if (view !== undefined) client.notify('task.focus', { viewerId: view.viewerId });
    },
    loadHistory(bytes) {
      historyBytes = bytes;
      attachAgain();
    },
    retry: attachAgain,
    dispose() {
      if (disposed) return;
      disposed = true;
      unsubscribeState();
      cancelFrame?.();
      steps = [];
      leave();
    },
  };
}

function isUsable(cells: number): boolean {
  return Number.isInteger(cells) && cells >= 1;
}
