import { useLayoutEffect, useRef, useState } from 'react';
import { spellHidden, type SurvivorSummary, type TaskId } from '../../../preload/contract/index.ts';
import { useActions, useSurvivors } from '../../stores/index.ts';
import { Button, useNow } from '../../ui/index.ts';
import { ExactText } from '../exact-text/index.ts';
import { formatSpan } from './task-format.ts';
import { t } from '../../i18n.ts';

/** Processes that outlived an earlier run, each with buttons to stop it or to keep it. Hidden if there are none. */
export function SurvivorsNotice() {
  const survivors = useSurvivors();
  const focus = useFocusKept(survivors);
  if (survivors.length === 0) return null;
  return (
    <section
      aria-label={t('task.survivors.title')}
      className="max-h-[40%] shrink-0 overflow-y-auto border-b border-border bg-wash px-3 py-2"
    >
      <h3 className="text-row text-text-1">{t('task.survivors.title')}</h3>
      <p className="text-meta text-text-3">{t('task.survivors.explanation')}</p>
      <ul ref={focus.listRef}>
        {survivors.map((survivor) => (
          <SurvivorRow key={survivor.taskId} survivor={survivor} onFocus={() => focus.at(survivor.taskId)} />
        ))}
      </ul>
    </section>
  );
}

/**
 * When the focused row disappears, because of this window or another, the focus moves to the row in its place, or to the tab
 * above.
 */
function useFocusKept(survivors: readonly SurvivorSummary[]) {
  const listRef = useRef<HTMLUListElement>(null);
  const focused = useRef<{ readonly taskId: TaskId; readonly at: number }>(undefined);
  const at = (taskId: TaskId) => {
    focused.current = { taskId, at: survivors.findIndex((survivor) => survivor.taskId === taskId) };
  };
  useLayoutEffect(() => {
    const last = focused.current;
    if (last === undefined || survivors.some(({ taskId }) => taskId === last.taskId)) return;
    focused.current = undefined;
    if (document.activeElement !== document.body && document.activeElement !== null) return; // the user has moved the focus
    const row = listRef.current?.children[Math.min(last.at, survivors.length - 1)];
    const target = row?.querySelector('button') ?? document.querySelector<HTMLElement>('[data-pane="panel"]');
    target?.focus();
  }, [survivors]);
  return { listRef, at };
}

function SurvivorRow({ survivor, onFocus }: { readonly survivor: SurvivorSummary; readonly onFocus: () => void }) {
  const { stopSurvivor, leaveSurvivor } = useActions();
  const [pending, setPending] = useState<'stop' | 'leave'>();
  const nowMs = useNow(60_000);
  const { taskId, cwd, startedAtMs, processes } = survivor;
  const command = survivor.command === '' ? [...new Set(processes.map(({ name }) => name))].join(', ') : survivor.command;
  const facts = [
    t('task.survivors.processes', { count: processes.length, pids: processes.map(({ pid }) => pid).join(', ') }),
    ...(startedAtMs === undefined ? [] : [t('task.survivors.since', { span: formatSpan(nowMs - startedAtMs) })]),
    ...(cwd === '' ? [] : [cwd]),
  ].join(' · ');
  const settle = (how: 'stop' | 'leave') => {
    setPending(how);
    // After success the row is gone; after a failure, a toast gives the reason and the row can be used again.
    void (how === 'stop' ? stopSurvivor(taskId) : leaveSurvivor(taskId)).then(() => setPending(undefined));
  };
  return (
    <li className="flex items-center gap-1 pt-1.5" onFocus={onFocus}>
      <div className="min-w-0 flex-1">
        <code className="block truncate font-mono [font-variant-ligatures:none] text-code" title={spellHidden(command)}>
          <ExactText text={command} />
        </code>
        <small className="block truncate text-meta text-text-3" title={facts}>
          {facts}
        </small>
      </div>
      <Button disabled={pending !== undefined} aria-label={t('task.survivors.stopNamed', { command })} onClick={() => settle('stop')}>
        {pending === 'stop' ? t('task.survivors.stopping') : t('common.stop')}
      </Button>
      <Button
        look="quiet"
        disabled={pending !== undefined}
        aria-label={t('task.survivors.leaveNamed', { command })}
        onClick={() => settle('leave')}
      >
        {t('task.survivors.leave')}
      </Button>
    </li>
  );
}
