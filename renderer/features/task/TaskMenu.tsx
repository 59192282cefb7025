import { Ellipsis } from 'lucide-react';
import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { useHost } from '../../stores/index.ts';
import { IconButton, Menu, MenuItem, MenuSeparator } from '../../ui/index.ts';
import { t } from '../../i18n.ts';
import { useTaskActions } from './use-task-actions.ts';

/** Less frequent actions for a task: save its output, show the file, clear the list. */
export function TaskMenu({ task, onClear }: { readonly task: TaskSummary; readonly onClear: () => void }) {
  const canReveal = useHost((host) => host.app?.canRevealFiles === true);
  const { save, reveal } = useTaskActions();
  const { outputPath } = task;
  return (
    <Menu align="end" trigger={<IconButton label={t('task.panel.more')} icon={<Ellipsis size={15} aria-hidden />} />}>
      <MenuItem disabled={outputPath === undefined} onSelect={() => save(task)}>
        {t('task.panel.save')}
      </MenuItem>
      {canReveal && (
        <MenuItem disabled={outputPath === undefined} onSelect={() => reveal(task.id)}>
          {t('task.panel.reveal')}
        </MenuItem>
      )}
      {outputPath !== undefined && (
        <MenuItem onSelect={() => void navigator.clipboard.writeText(outputPath).catch(() => undefined)}>
          {t('task.panel.copyPath')}
        </MenuItem>
      )}
      {isTerminalStatus(task.status) && (
        <>
          <MenuSeparator />
          <MenuItem onSelect={onClear}>{t('task.panel.clear')}</MenuItem>
        </>
      )}
    </Menu>
  );
}
