import { useState } from 'react';
import type { SessionSummary } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';
import { strings } from '../../strings.ts';
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
      title={strings.sidebar.renameTitle}
      widthPx={420}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {strings.sidebar.cancel}
          </Button>
          <Button look="primary" disabled={title.trim() === ''} onClick={save}>
            {strings.sidebar.save}
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
          label={strings.sidebar.title}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
      </form>
    </Dialog>
  );
}
