import { ArrowDown } from 'lucide-react';
import { type CommandMarkCode, isTerminalStatus, spellHidden, type TaskSummary } from '../../../../preload/contract/index.ts';
import { useUi } from '../../../stores/index.ts';
import { useNow } from '../../../ui/index.ts';
import { CommandMarks, ExactText } from '../../exact-text/index.ts';
import { backgroundClock, statusLabel, tickMs } from '../task-format.ts';
import { t } from '../../../i18n.ts';

/** Replaces the card once the command is in the background: one line that opens it in the panel. */
export interface BackgroundRowProps {
  readonly command: string;
  readonly marks: readonly CommandMarkCode[] | undefined;
  readonly task: TaskSummary | undefined;
}

export function BackgroundRow({ command, marks, task }: BackgroundRowProps) {
  const openTask = useUi((ui) => ui.openTask);
  return (
    <div className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-row text-text-2 hover:bg-wash">
      <ArrowDown size={15} strokeWidth={1.6} className="shrink-0" aria-hidden />
      <span className="shrink-0 text-run">{t('task.card.inBackground')}</span>
      <code className="min-w-0 flex-1 truncate font-mono [font-variant-ligatures:none] text-code text-text-1" title={spellHidden(command)}>
        <ExactText text={command} />
      </code>
      <CommandMarks marks={marks} />
      {task !== undefined && (
        <span className="flex shrink-0 items-center text-meta text-text-3">
          <Elapsed task={task} />
          <span aria-hidden className="px-1">
            ·
          </span>
          <button
            type="button"
            aria-label={t('task.card.openTask', { command })}
            className="h-7 rounded px-1 hover:text-text-1"
            onClick={() => openTask(task.id)}
          >
            {t('common.open')}
          </button>
        </span>
      )}
    </div>
  );
}

function Elapsed({ task }: { readonly task: TaskSummary }) {
  const nowMs = useNow(tickMs(task, Date.now()), !isTerminalStatus(task.status));
  return (
    <span className={task.status === 'failed' ? 'text-err' : ''}>
      {statusLabel(task)} {backgroundClock(task, nowMs)}
    </span>
  );
}
