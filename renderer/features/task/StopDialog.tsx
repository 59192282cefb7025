import type { TaskSummary } from '../../../preload/contract/index.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { ExactText } from '../exact-text/index.ts';
import { t } from '../../i18n.ts';
import { useTaskActions } from './use-task-actions.ts';

/** Asked only if a single key would otherwise stop a command. The safe choice has the focus. */
export function StopDialog({ task, onClose }: { readonly task: TaskSummary | undefined; readonly onClose: () => void }) {
  const { stop } = useTaskActions();
  return (
    <Dialog
      open={task !== undefined}
      onOpenChange={onClose}
      title={t('task.stopping.title')}
      widthPx={420}
      footer={
        <>
          <Button look="quiet" data-autofocus onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            look="danger"
            onClick={() => {
              if (task) stop(task.id, { force: task.status === 'stopping' });
              onClose();
            }}
          >
            {t('task.stopping.stop')}
          </Button>
        </>
      }
    >
      <code className="line-clamp-4 font-mono [font-variant-ligatures:none] text-code break-words whitespace-pre-wrap">
        <ExactText text={task?.command ?? ''} />
      </code>
    </Dialog>
  );
}
