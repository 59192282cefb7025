import { ArrowDown } from 'lucide-react';
import { type Ref, useId, useImperativeHandle } from 'react';
import { isTerminalStatus, type TaskSummary } from '../../../../preload/contract/index.ts';
import { Button, CopyButton, Spinner } from '../../../ui/index.ts';
import { t } from '../../../i18n.ts';
import { type TaskTerminalState, useTaskTerminal } from './use-task-terminal.ts';

/** The actions of a terminal for its toolbar. */
export interface TaskTerminalHandle {
  focus(): void;
  find(text: string, direction: 'next' | 'previous'): void;
  clearFind(): void;
  copyText(): string;
}

export interface TaskTerminalProps {
  readonly task: TaskSummary;
  readonly ref?: Ref<TaskTerminalHandle>;
  readonly onFound?: (found: { readonly index: number; readonly count: number }) => void;
  /** Takes the focus as soon as it is ready. */
  readonly autoFocus?: boolean;
  /** Shift+Escape in the terminal moves the focus to a nearby element. */
  readonly onLeave: () => void;
}

/** A task's live terminal. Fills its parent; output goes to xterm and never through React. */
export function TaskTerminal({ task, ref, autoFocus = false, onFound, onLeave }: TaskTerminalProps) {
  const ended = isTerminalStatus(task.status);
  const state = useTaskTerminal({ taskId: task.id, ended, autoFocus, onLeave, onFound: onFound ?? ignore });
  const { hostRef, viewRef } = state;
  const hintId = useId();
  useImperativeHandle(
    ref,
    () => ({
      focus: () => viewRef.current?.focus(),
      find: (wanted, direction) => viewRef.current?.find(wanted, direction),
      clearFind: () => viewRef.current?.clearFind(),
      copyText: () => viewRef.current?.copyText() ?? '',
    }),
    [viewRef],
  );
  return (
    <section
      aria-label={t('task.terminal.label', { command: task.command })}
      aria-describedby={hintId}
      data-task-terminal={task.id}
      className="relative h-full min-h-0 overflow-hidden bg-term px-3 py-2 text-term-ink"
    >
      <span id={hintId} className="sr-only">
        {ended ? '' : t('task.terminal.howToLeave')}
      </span>
      {/* A terminal sized by another view may be larger than this one, so its container scrolls. */}
      <div
        ref={hostRef}
        className="h-full overflow-auto font-mono [font-variant-ligatures:none]"
        // A click below a short screen focuses the terminal too.
        onClick={({ target, currentTarget }) => target === currentTarget && viewRef.current?.focus()}
      />
      <EarlierHint state={state} path={task.outputPath} />
      <StatusLine state={state} />
      {!state.scroll.following && (
        <Button
          className="absolute right-4 bottom-3 z-10"
          icon={<ArrowDown size={14} aria-hidden />}
          onClick={() => {
            viewRef.current?.scrollToEnd();
            viewRef.current?.focus();
          }}
        >
          {t('task.terminal.follow')}
        </Button>
      )}
    </section>
  );
}

function ignore(): void {}

/** Above the oldest loaded line: how to load earlier output. */
function EarlierHint({ state, path }: { readonly state: TaskTerminalState; readonly path: string | undefined }) {
  if (!state.scroll.atTop || state.status.kind !== 'live' || state.history === 'complete') return null;
  return (
    <div className="absolute inset-x-0 top-0 z-10 flex h-8 items-center gap-2 border-b border-border bg-panel px-3 text-meta text-text-2">
      {state.history === 'more' && (
        <Button look="quiet" onClick={state.loadEarlier}>
          {t('task.terminal.earlier')}
        </Button>
      )}
      {state.history === 'limit' && path === undefined && t('task.terminal.earlierGone')}
      {state.history === 'limit' && path !== undefined && (
        <>
          <span className="shrink-0">{t('task.terminal.earlierIn')}</span>
          <code className="truncate font-mono [font-variant-ligatures:none]" title={path}>
            {path}
          </code>
          <CopyButton text={path} label={t('task.panel.copyPath')} />
        </>
      )}
    </div>
  );
}

function StatusLine({ state: { status, retry } }: { readonly state: TaskTerminalState }) {
  if (status.kind === 'live') return null;
  if (status.kind === 'attaching') {
    return (
      <div className="absolute top-2 right-3 z-10">
        <Spinner label={t('task.terminal.attaching')} />
      </div>
    );
  }
  return (
    <div className="absolute inset-x-0 bottom-0 z-10 flex items-center gap-2 border-t border-border bg-panel px-3 py-1.5 text-meta text-text-2">
      <p role="status">{status.kind === 'lost' ? t('task.terminal.lost') : status.message}</p>
      {status.kind === 'failed' && status.canRetry && (
        <Button look="quiet" className="-my-1 ml-auto shrink-0" onClick={retry}>
          {t('common.tryAgain')}
        </Button>
      )}
    </div>
  );
}
