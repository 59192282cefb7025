import { Copy, RotateCw, Search, Square } from 'lucide-react';
import { type RefObject, useState } from 'react';
import { isTerminalStatus, spellHidden, type TaskSummary } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';
import { Button, formatBytes, IconButton } from '../../ui/index.ts';
import { ExactText } from '../exact-text/index.ts';
import { CopyTextButton, NARROW_BUTTON, ONLY_NARROW, ONLY_WIDE } from './CopyTextButton.tsx';
import { FindBar } from './FindBar.tsx';
import { TaskMenu } from './TaskMenu.tsx';
import { noticeText, taskProblem } from './task-failure.ts';
import { urlLabel } from './task-format.ts';
import { t } from '../../i18n.ts';
import { TaskTerminal, type TaskTerminalHandle } from './terminal/TaskTerminal.tsx';
import { useTaskActions } from './use-task-actions.ts';

export interface TaskViewProps {
  readonly task: TaskSummary;
  readonly terminalRef: RefObject<TaskTerminalHandle | null>;
  readonly autoFocus: boolean;
  readonly onLeave: () => void;
  /** Removes all ended tasks from the list. */
  readonly onClear: () => void;
}

const NOTHING_FOUND = { index: -1, count: 0 };

/** The terminal of one task, with its actions. */
export function TaskView({ task, terminalRef, autoFocus, onLeave, onClear }: TaskViewProps) {
  const [finding, setFinding] = useState(false);
  const [found, setFound] = useState(NOTHING_FOUND);
  const { stop, restart } = useTaskActions();
  const stopping = task.status === 'stopping';
  return (
    <div className="@container flex min-h-0 flex-1 flex-col border-t border-border">
      <header className="flex items-center gap-1 py-1.5 pr-2 pl-3 text-row">
        <code className="min-w-0 flex-1 truncate font-mono [font-variant-ligatures:none] text-code" title={spellHidden(task.command)}>
          <ExactText text={task.command} />
        </code>
        <Button
          look="quiet"
          aria-label={t('task.panel.find')}
          aria-pressed={finding}
          className={NARROW_BUTTON}
          onClick={() => setFinding(!finding)}
        >
          <Search size={14} strokeWidth={1.6} className={ONLY_NARROW} aria-hidden />
          <span className={ONLY_WIDE}>{t('task.panel.find')}</span>
        </Button>
        <CopyTextButton label={t('common.copy')} read={() => terminalRef.current?.copyText() ?? ''} />
        {isTerminalStatus(task.status) ? (
          <Button icon={<RotateCw size={13} aria-hidden />} onClick={() => restart(task.id)}>
            {t('task.panel.runAgain')}
          </Button>
        ) : (
          <Button
            look={stopping ? 'danger' : 'outline'}
            icon={<Square size={12} aria-hidden />}
            onClick={() => stop(task.id, { force: stopping })}
          >
            {stopping ? t('task.card.forceStop') : t('common.stop')}
          </Button>
        )}
        <TaskMenu task={task} onClear={onClear} />
      </header>
      <Facts task={task} />
      {finding && (
        <FindBar
          found={found}
          onFind={(wanted, direction) => terminalRef.current?.find(wanted, direction)}
          onClose={() => {
            terminalRef.current?.clearFind();
            setFound(NOTHING_FOUND);
            setFinding(false);
            terminalRef.current?.focus();
          }}
        />
      )}
      <div className="min-h-0 flex-1 border-t border-border">
        <TaskTerminal ref={terminalRef} task={task} autoFocus={autoFocus} onFound={setFound} onLeave={onLeave} />
      </div>
    </div>
  );
}

/** The folder of the task, its description, its addresses and its file. */
function Facts({ task }: { readonly task: TaskSummary }) {
  const urls = task.urls ?? [];
  const { openExternal } = useActions();
  const { monitor } = task;
  const trouble = [
    taskProblem(task),
    noticeText(task),
    task.droppedBytes > 0 ? t('task.panel.dropped', { bytes: formatBytes(task.droppedBytes) }) : undefined,
  ];
  return (
    <div className="px-3 pb-1.5 text-meta text-text-3">
      <div className="flex flex-wrap items-center gap-x-2">
        {!isTerminalStatus(task.status) &&
          urls.map((url) => (
            <span key={url} className="inline-flex items-center">
              <button
                type="button"
                aria-label={t('task.panel.openUrl', { label: urlLabel(url) })}
                className="text-run hover:underline"
                onClick={() => void openExternal(url)}
              >
                {urlLabel(url)}
              </button>
              <IconButton
                label={t('task.panel.copyUrl', { label: urlLabel(url) })}
                icon={<Copy size={12} aria-hidden />}
                onClick={() => void navigator.clipboard.writeText(url).catch(() => undefined)}
              />
            </span>
          ))}
        <span className="min-w-0 flex-1 truncate" title={task.cwd}>
          {task.cwd}
        </span>
        <span>{formatBytes(task.outputBytes)}</span>
      </div>
      {monitor !== undefined && (
        <p className="flex gap-2" title={monitor.description}>
          <span className="min-w-0 flex-1 truncate">
            {monitor.pattern === undefined ? t('task.monitor.everyLine') : t('task.monitor.matchingLines', { pattern: monitor.pattern })}
          </span>
          <span className="shrink-0">{t('task.monitor.count', { events: monitor.events, most: monitor.maxEvents })}</span>
        </p>
      )}
      {trouble.map((sentence) => sentence !== undefined && <p key={sentence}>{sentence}</p>)}
    </div>
  );
}
