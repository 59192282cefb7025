import { type KeyboardEvent, type Ref, useId, useState } from 'react';
import { isTerminalStatus, type TaskId, type TaskSummary } from '../../../preload/contract/index.ts';
import type { TaskGroups } from './task-format.ts';
import { t } from '../../i18n.ts';
import { TaskRow } from './TaskRow.tsx';

export interface TaskListProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly groups: TaskGroups;
  readonly shownId: TaskId;
  readonly onOpen: (id: TaskId) => void;
  /** Enter on a row: opens the task and focuses its terminal. */
  readonly onEnter: (id: TaskId) => void;
  /** Delete on a row of a running task. */
  readonly onStop: (task: TaskSummary) => void;
}

/** The tasks as one list box in three groups: arrow keys, Home and End select, Enter opens, Delete asks whether to stop. */
export function TaskList({ ref, groups, shownId, onOpen, onEnter, onStop }: TaskListProps) {
  const id = useId();
  const [moved, setMoved] = useState<{ readonly id: TaskId; readonly at: number }>();
  const listed = [...groups.needsALook, ...groups.running, ...groups.finished];
  const isThere = listed.some((task) => task.id === moved?.id);
  // When the selected row disappears, the next one takes its place.
  const next = moved === undefined || isThere ? moved?.id : listed[Math.min(moved.at, listed.length - 1)]?.id;
  const active = next ?? shownId;
  const moveTo = (taskId: TaskId) => setMoved({ id: taskId, at: listed.findIndex((task) => task.id === taskId) });

  const press = (event: KeyboardEvent) => {
    const at = listed.findIndex((task) => task.id === active);
    const to = nextIndex(event.key, at, listed.length);
    if (to !== undefined) {
      event.preventDefault();
      const task = listed[to];
      if (task) moveTo(task.id);
      if (task) document.getElementById(`${id}-${task.id}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onEnter(active);
    } else if (event.key === 'Delete') {
      const task = listed[at];
      if (task && !isTerminalStatus(task.status)) onStop(task);
    }
  };

  const group = (label: string, tasks: readonly TaskSummary[]) =>
    tasks.length > 0 && (
      <div role="group" aria-label={label} key={label}>
        <div role="presentation" className="px-3 pt-2.5 pb-1 text-meta text-text-3">
          {label}
        </div>
        {tasks.map((task) => (
          <TaskRow
            key={task.id}
            id={`${id}-${task.id}`}
            task={task}
            shown={task.id === shownId}
            active={task.id === active}
            onOpen={() => {
              moveTo(task.id);
              onOpen(task.id);
            }}
          />
        ))}
      </div>
    );

  return (
    <div
      ref={ref}
      role="listbox"
      aria-label={t('task.panel.list')}
      tabIndex={0}
      aria-describedby={`${id}-how`}
      aria-activedescendant={`${id}-${active}`}
      onKeyDown={press}
      className="group/list max-h-[45%] shrink-0 overflow-y-auto pb-2 focus-visible:outline-offset-[-2px]"
    >
      <span id={`${id}-how`} hidden>
        {t('task.panel.howTo')}
      </span>
      {group(t('task.panel.needsALook'), groups.needsALook)}
      {group(t('task.panel.running'), groups.running)}
      {group(t('task.panel.finished'), groups.finished)}
    </div>
  );
}

function nextIndex(key: string, at: number, length: number): number | undefined {
  if (key === 'ArrowDown') return Math.min(at + 1, length - 1);
  if (key === 'ArrowUp') return Math.max(at - 1, 0);
  if (key === 'Home') return 0;
  return key === 'End' ? length - 1 : undefined;
}
