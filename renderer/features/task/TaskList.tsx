import { type KeyboardEvent, type Ref, useId, useState } from 'react';
import type { TaskId, TaskSummary } from '../../../preload/contract/index.ts';
import type { TaskGroups } from './task-format.ts';
import { taskStrings } from './task-strings.ts';
import { TaskRow } from './TaskRow.tsx';

export interface TaskListProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly groups: TaskGroups;
  readonly shownId: TaskId;
  readonly onOpen: (id: TaskId) => void;
  /** Enter on a row: open it and go into its terminal. */
  readonly onEnter: (id: TaskId) => void;
}

const text = taskStrings.panel;

/** The tasks as one list box in three groups: arrows, Home and End move, Enter opens. */
export function TaskList({ ref, groups, shownId, onOpen, onEnter }: TaskListProps) {
  const id = useId();
  const [movedTo, setMovedTo] = useState<TaskId>();
  const listed = [...groups.needsALook, ...groups.running, ...groups.finished];
  const active = listed.find((task) => task.id === movedTo)?.id ?? shownId;

  const press = (event: KeyboardEvent) => {
    const at = listed.findIndex((task) => task.id === active);
    const to = nextIndex(event.key, at, listed.length);
    if (to !== undefined) {
      event.preventDefault();
      const task = listed[to];
      setMovedTo(task?.id);
      if (task) document.getElementById(`${id}-${task.id}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onEnter(active);
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
              setMovedTo(task.id);
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
      aria-label={text.list}
      tabIndex={0}
      aria-activedescendant={`${id}-${active}`}
      onKeyDown={press}
      className="group/list max-h-[45%] shrink-0 overflow-y-auto pb-2 focus-visible:outline-offset-[-2px]"
    >
      {group(text.needsALook, groups.needsALook)}
      {group(text.running, groups.running)}
      {group(text.finished, groups.finished)}
    </div>
  );
}

function nextIndex(key: string, at: number, length: number): number | undefined {
  if (key === 'ArrowDown') return Math.min(at + 1, length - 1);
  if (key === 'ArrowUp') return Math.max(at - 1, 0);
  if (key === 'Home') return 0;
  return key === 'End' ? length - 1 : undefined;
}
