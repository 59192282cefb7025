import { useEffect, useRef, useState } from 'react';
import type { TaskId, TaskSummary } from '../../../preload/contract/index.ts';
import { useActions, useActiveSessionId, useTasksOfSession, useUi } from '../../stores/index.ts';
import { EmptyState } from '../../ui/index.ts';
import { seenTasks, useSeenTasks } from './seen-tasks.ts';
import { groupTasks } from './task-format.ts';
import { t } from '../../i18n.ts';
import { SurvivorsNotice } from './SurvivorsNotice.tsx';
import { StopDialog } from './StopDialog.tsx';
import { TaskList } from './TaskList.tsx';
import type { TaskTerminalHandle } from './terminal/TaskTerminal.tsx';
import { TaskView } from './TaskView.tsx';
import { usePromoteKey } from './use-promote-key.ts';

/** The background tasks of the active session and the terminal of one of them. Fills its parent. */
export function TasksPanel() {
  const sessionId = useActiveSessionId();
  const tasks = useTasksOfSession(sessionId);
  const seen = useSeenTasks();
  const { clearEndedTasks } = useActions();
  const openTaskId = useUi((ui) => ui.openTaskId);
  const openTask = useUi((ui) => ui.openTask);
  const key = usePromoteKey();
  const listRef = useRef<HTMLDivElement>(null);
  const terminalRef = useRef<TaskTerminalHandle>(null);
  /** Opened with Enter: its terminal takes the focus once it is ready. */
  const [enteredId, setEnteredId] = useState<TaskId>();
  const [stopping, setStopping] = useState<TaskSummary>();

  const groups = groupTasks(tasks, seen);
  const listed = [...groups.needsALook, ...groups.running, ...groups.finished];
  const shown = listed.find((task) => task.id === openTaskId) ?? groups.running[0] ?? listed[0];
  // The task that the user chose: a task that is shown by default has not been seen.
  useMarkSeen(shown?.id, shown?.status === 'failed' && shown.id === openTaskId);
  useKeptFocus(shown === undefined);

  if (shown === undefined) {
    return (
      <>
        <SurvivorsNotice />
        <EmptyState title={t('task.panel.empty')}>{t('task.panel.emptyHint', { key: key.label.replaceAll(' ', '\u00a0') })}</EmptyState>
      </>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <SurvivorsNotice />
      <TaskList
        ref={listRef}
        groups={groups}
        shownId={shown.id}
        onOpen={(id) => {
          setEnteredId(undefined);
          openTask(id);
        }}
        onEnter={(id) => {
          if (id === shown.id) return terminalRef.current?.focus();
          setEnteredId(id);
          openTask(id);
        }}
        onStop={setStopping}
      />
      <StopDialog task={stopping} onClose={() => setStopping(undefined)} />
      <TaskView
        key={shown.id}
        task={shown}
        terminalRef={terminalRef}
        autoFocus={enteredId === shown.id}
        onLeave={() => listRef.current?.focus()}
        onClear={() => {
          if (sessionId !== undefined) void clearEndedTasks(sessionId);
        }}
      />
    </div>
  );
}

/** When the last row disappears, the list and its focus do too: the tab above is the nearest element that stays. */
function useKeptFocus(isEmpty: boolean): void {
  useEffect(() => {
    if (isEmpty) return;
    return () => {
      if (document.activeElement === document.body) document.querySelector<HTMLElement>('[data-pane="panel"]')?.focus();
    };
  }, [isEmpty]);
}

/** A failed task counts as seen when the user opens something else, so that its row does not move while it is shown. */
function useMarkSeen(taskId: TaskId | undefined, failed: boolean): void {
  useEffect(() => {
    if (taskId === undefined || !failed) return;
    return () => seenTasks.mark(taskId);
  }, [taskId, failed]);
}
