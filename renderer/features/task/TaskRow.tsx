import { Check, Eye, Minus, Terminal, X } from 'lucide-react';
import type { MouseEvent } from 'react';
import { isTerminalStatus, spellHidden, type TaskStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';
import { Chip, useNow } from '../../ui/index.ts';
import { ExactText } from '../exact-text/index.ts';
import { taskProblem } from './task-failure.ts';
import { backgroundClock, isQuiet, outputAge, statusLabel, statusTone, tickMs, urlLabel } from './task-format.ts';
import { t } from '../../i18n.ts';

export interface TaskRowProps {
  readonly id: string;
  readonly task: TaskSummary;
  /** Its terminal is shown below. */
  readonly shown: boolean;
  /** Whether it is the selected row. */
  readonly active: boolean;
  readonly onOpen: () => void;
}

export function TaskRow({ id, task, shown, active, onOpen }: TaskRowProps) {
  const ended = isTerminalStatus(task.status);
  const nowMs = useNow(tickMs(task, Date.now()), !ended);
  const urls = task.urls ?? [];
  const clock = backgroundClock(task, nowMs);
  const running = task.status === 'running' || task.status === 'starting';
  return (
    // The list box has the focus and handles the keys; a row only handles clicks.
    <div
      id={id}
      role="option"
      aria-selected={shown}
      onClick={onOpen}
      className={`grid cursor-default grid-cols-[16px_1fr_auto] items-center gap-x-2 border-l-2 px-3 py-[7px] text-row ${
        shown ? 'border-accent bg-wash' : 'border-transparent hover:bg-wash'
      } ${active ? 'group-focus-visible/list:outline-1 group-focus-visible/list:outline-accent group-focus-visible/list:-outline-offset-1' : ''}`}
    >
      <StatusIcon status={task.status} isMonitor={task.monitor !== undefined} />
      <code className="truncate font-mono [font-variant-ligatures:none] text-code" title={spellHidden(task.command)}>
        <ExactText text={task.command} />
      </code>
      {running ? <span className="text-meta text-text-3">{clock}</span> : <Chip tone={statusTone(task)}>{statusLabel(task)}</Chip>}
      <small className="col-start-2 col-end-4 truncate text-meta text-text-3">
        {running && <UrlLinks urls={urls} />}
        {describe(task, nowMs, clock, urls.length > 0)}
      </small>
    </div>
  );
}

/** Running: the age of its output, or its last line. Ended: its last line and its duration. */
function describe(task: TaskSummary, nowMs: number, clock: string, hasUrl: boolean): string {
  const line = task.lastLine.trim();
  const watched = task.monitor === undefined ? undefined : t('task.monitor.row', { events: task.monitor.events });
  if (isTerminalStatus(task.status))
    return [(task.status === 'interrupted' ? watched : (taskProblem(task) ?? watched)) ?? '', line, clock]
      .filter((part) => part !== '')
      .slice(-2)
      .join(' · ');
  const age = outputAge(task, nowMs);
  if (watched !== undefined) return `${watched} · ${age}`;
  return hasUrl || line === '' || isQuiet(task, nowMs) ? age : `${line} · ${age}`;
}

/** Only for the pointer: an option must not contain focusable elements. Keyboard users find the same links above the terminal. */
function UrlLinks({ urls }: { readonly urls: readonly string[] }) {
  const { openExternal } = useActions();
  return urls.map((url) => (
    <span key={url}>
      <span
        className="text-run hover:underline"
        onClick={(event: MouseEvent) => {
          event.stopPropagation();
          void openExternal(url);
        }}
      >
        {urlLabel(url)}
      </span>
      {' · '}
    </span>
  ));
}

function StatusIcon({ status, isMonitor }: { readonly status: TaskStatus; readonly isMonitor: boolean }) {
  const shape = { size: 15, strokeWidth: 1.6, 'aria-hidden': true } as const;
  switch (status) {
    case 'failed':
      return <X {...shape} className="text-err" />;
    case 'completed':
      return <Check {...shape} className="text-ok" />;
    case 'cancelled':
    case 'interrupted':
      return <Minus {...shape} className="text-text-3" />;
    default: {
      const Icon = isMonitor ? Eye : Terminal;
      return <Icon {...shape} className={status === 'stopping' ? 'text-warn' : 'text-run'} />;
    }
  }
}
