import { ArrowDown, Square, Terminal } from 'lucide-react';
import { useRef } from 'react';
import { type CommandMarkCode, spellHidden, type TaskSummary } from '../../../../preload/contract/index.ts';
import { Button, Chip, formatBytes, formatDuration, Kbd, useNow } from '../../../ui/index.ts';
import { noticeText } from '../task-failure.ts';
import { CommandMarks, ExactText } from '../../exact-text/index.ts';
import { isPromotable } from '../promote-choice.ts';
import { elapsedMs, OFFER_BACKGROUND_AFTER_MS, statusLabel, statusTone, timeoutNote } from '../task-format.ts';
import { t } from '../../../i18n.ts';
import { TaskTerminal } from '../terminal/TaskTerminal.tsx';
import { usePromoteKey } from '../use-promote-key.ts';
import { useTaskActions } from '../use-task-actions.ts';
import { hasEnded } from './shell-card-state.ts';

/** A foreground command that runs: its terminal and its two buttons. */
export function RunningShellCard({ task, marks }: { readonly task: TaskSummary; readonly marks?: readonly CommandMarkCode[] | undefined }) {
  const cardRef = useRef<HTMLElement>(null);
  const { promote, stop } = useTaskActions();
  const key = usePromoteKey();
  const ended = hasEnded(task);
  const stopping = task.status === 'stopping';
  return (
    <section
      ref={cardRef}
      aria-label={t('task.card.regionLabel', { command: spellHidden(task.command) })}
      data-shell-card={task.id}
      className="overflow-hidden rounded-lg border border-border bg-panel focus-within:border-border-strong"
    >
      <header className="flex items-center gap-2.5 px-3 py-2 text-row">
        <Terminal size={15} strokeWidth={1.6} className="shrink-0 text-run" aria-hidden />
        <code
          className="line-clamp-2 min-w-0 flex-1 font-mono [font-variant-ligatures:none] text-code break-words whitespace-pre-wrap text-text-1"
          title={spellHidden(task.command)}
        >
          <ExactText text={task.command} />
        </code>
        <CommandMarks marks={marks} />
        <ElapsedChip task={task} />
      </header>
      <div className="h-59 border-t border-border">
        <TaskTerminal task={task} onLeave={() => cardRef.current?.querySelector<HTMLButtonElement>('footer button')?.focus()} />
      </div>
      <footer className="flex min-h-10 flex-wrap items-center gap-1.5 border-t border-border px-2 py-1">
        <Button
          icon={<ArrowDown size={15} strokeWidth={1.6} aria-hidden />}
          disabled={!isPromotable(task)}
          onClick={() => promote(task.id)}
        >
          {t('task.card.moveToBackground')} <Kbd>{key.label}</Kbd>
        </Button>
        <Button
          look={stopping ? 'danger' : 'quiet'}
          disabled={ended}
          icon={<Square size={12} aria-hidden />}
          onClick={() => stop(task.id, { force: stopping })}
        >
          {stopping ? t('task.card.forceStop') : t('common.stop')}
        </Button>
        <Notes task={task} />
      </footer>
    </section>
  );
}

function ElapsedChip({ task }: { readonly task: TaskSummary }) {
  const nowMs = useNow(1000, !hasEnded(task));
  const clock = formatDuration(elapsedMs(task, nowMs));
  return <Chip tone={statusTone(task)}>{task.status === 'running' ? clock : `${statusLabel(task)} ${clock}`}</Chip>;
}

/** Two lines of fixed height, so that their content does not move anything. */
function Notes({ task }: { readonly task: TaskSummary }) {
  const nowMs = useNow(1000, !hasEnded(task));
  const key = usePromoteKey();
  const timeout = timeoutNote(task, nowMs);
  const warning = timeout?.warning === true && isPromotable(task);
  const long = isPromotable(task) && elapsedMs(task, nowMs) >= OFFER_BACKGROUND_AFTER_MS;
  const facts = [
    task.outputBytes > 0 ? formatBytes(task.outputBytes) : '',
    timeout === undefined || timeout.warning || !isPromotable(task) ? '' : timeout.text,
  ].filter((fact) => fact !== '');
  return (
    <div className="ml-auto flex max-w-full min-w-0 flex-col items-end pl-1 text-right text-meta text-text-3 *:max-w-full">
      {/* Announced once: the visible countdown would be announced every second. */}
      <span role="status" className="sr-only">
        {warning ? t('task.card.stopsSoonSpoken', { key: key.spoken }) : ''}
      </span>
      <span className={`truncate ${warning ? 'text-warn' : ''}`}>
        {warning ? t('task.card.stopsSoon', { text: timeout.text, key: key.label }) : long ? t('task.card.offer', { key: key.label }) : ''}
      </span>
      {task.notice !== undefined && <span className="text-warn">{noticeText(task)}</span>}
      {facts.length > 0 && <span className="truncate">{facts.join(' · ')}</span>}
    </div>
  );
}
