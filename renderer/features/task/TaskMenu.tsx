import { Ellipsis } from 'lucide-react';
import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { useHost } from '../../stores/index.ts';
import { IconButton, Menu, MenuItem, MenuSeparator } from '../../ui/index.ts';
import { taskStrings } from './task-strings.ts';
import { useTaskActions } from './use-task-actions.ts';

const text = taskStrings.panel;

/** What is wanted of a task now and then: its output as a file, where that is, and clearing the list. */
export function TaskMenu({ task, onClear }: { readonly task: TaskSummary; readonly onClear: () => void }) {
  const canReveal = useHost((host) => host.app?.canRevealFiles === true);
  const { save, reveal } = useTaskActions();
  const { outputPath } = task;
  return (
    <Menu align="end" trigger={<IconButton label={text.more} icon={<Ellipsis size={15} aria-hidden />} />}>
      <MenuItem disabled={outputPath === undefined} onSelect={() => save(task)}>
        {text.save}
      </MenuItem>
      {canReveal && (
        <MenuItem disabled={outputPath === undefined} onSelect={() => reveal(task.id)}>
          {text.reveal}
        </MenuItem>
      )}
      {outputPath !== undefined && (
        <MenuItem onSelect={() => void navigator.clipboard.writeText(outputPath).catch(() => undefined)}>{text.copyPath}</MenuItem>
      )}
      {isTerminalStatus(task.status) && (
        <>
          <MenuSeparator />
          <MenuItem onSelect={onClear}>{text.clear}</MenuItem>
        </>
      )}
    </Menu>
  );
}
