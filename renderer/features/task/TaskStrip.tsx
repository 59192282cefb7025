import { Circle } from 'lucide-react';
import { useActiveSessionId, useTasksOfSession, useUi } from '../../stores/index.ts';
import { keyLabel } from '../../ui/index.ts';
import { useSeenTasks } from './seen-tasks.ts';
import { groupTasks } from './task-format.ts';
import { t } from '../../i18n.ts';

/** One line above the composer: running and failed background tasks. Hidden if there are none. */
export function TaskStrip() {
  const tasks = useTasksOfSession(useActiveSessionId());
  const seen = useSeenTasks();
  const setPanel = useUi((ui) => ui.setPanel);
  const toggleTasks = useUi((ui) => ui.toggleTasks);
  const open = useUi((ui) => ui.tasksPanelOpen);
  const openTaskId = useUi((ui) => ui.openTaskId);
  const groups = groupTasks(tasks, seen);
  const running = groups.running.length;
  const failed = groups.needsALook.filter((task) => !(open && task.id === openTaskId)).length;
  if (running === 0 && failed === 0) return null;
  return (
    <div className="flex h-7 items-center gap-3.5 px-1 text-[12.5px] text-text-2">
      {running > 0 && (
        <button type="button" className="flex h-7 items-center gap-1 text-run" onClick={() => setPanel('tasks')}>
          <Circle size={9} fill="currentColor" strokeWidth={0} aria-hidden />
          {t('task.strip.running', { count: running })}
        </button>
      )}
      {failed > 0 && (
        <button type="button" className="h-7 text-err" onClick={() => setPanel('tasks')}>
          {t('task.strip.failed', { count: failed })}
        </button>
      )}
      <button type="button" className="ml-auto h-7 text-text-3 hover:text-text-1" aria-pressed={open} onClick={toggleTasks}>
        {`${t('task.strip.tasks')} ${keyLabel('Mod J')}`}
      </button>
    </div>
  );
}
