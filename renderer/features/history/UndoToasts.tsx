import { Trash2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type UndoableDelete, useActions, useUi } from '../../stores/index.ts';
import { Button, IconButton } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

/** How long a delete can be undone with one click; the trash keeps the session longer. Unit: ms. */
export const UNDO_MS = 8000;

/** The sessions that were just deleted, each with an undo button. */
export function UndoToasts() {
  const deletes = useUi((ui) => ui.undoableDeletes);
  return deletes.map((one) => <UndoToast key={one.token} deleted={one} />);
}

function UndoToast({ deleted }: { readonly deleted: UndoableDelete }) {
  const drop = useUi((ui) => ui.dropUndoableDelete);
  const { restoreSession } = useActions();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    // The toast must not disappear while the user is about to press it.
    if (held) return;
    const timer = setTimeout(() => drop(deleted.token), UNDO_MS);
    return () => clearTimeout(timer);
  }, [held, drop, deleted.token]);
  return (
    <div
      className="pointer-events-auto flex animate-fade-in items-center gap-2.5 rounded-lg border border-border-strong bg-raised py-1.5 pr-1.5 pl-3 text-row shadow-overlay"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Trash2 size={15} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />
      <p className="min-w-0 flex-1 truncate">
        <span className="text-text-2">{t('history.undo.deleted')}</span> {deleted.title}
      </p>
      <Button
        aria-label={t('history.undo.undoLabel', { title: deleted.title })}
        onClick={() => restoreSession(deleted.projectId, deleted.token)}
      >
        {t('common.undo')}
      </Button>
      <IconButton label={t('common.dismiss')} icon={<X size={14} aria-hidden />} onClick={() => drop(deleted.token)} />
    </div>
  );
}
