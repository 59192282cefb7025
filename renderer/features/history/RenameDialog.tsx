import { useState } from 'react';
import type { SessionSummary } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { Button, Dialog, Field } from '../../ui/index.ts';

export function RenameDialog({ session, onClose }: { readonly session: SessionSummary; readonly onClose: () => void }) {
  const { renameSession } = useActions();
  const [title, setTitle] = useState(session.title);
  const save = async () => {
    if (title.trim() !== '' && (await renameSession(session.projectId, session.id, title.trim()))) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('sidebar.renameTitle')}
      widthPx={420}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button look="primary" disabled={title.trim() === ''} onClick={save}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={t('sidebar.title')}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
      </form>
    </Dialog>
  );
}
