import { useRef, useState } from 'react';
import type { ItemId, SessionId, UserItem } from '../../../../preload/contract/index.ts';
import { useActions, useSessionSummary, useStores, useUi } from '../../../stores/index.ts';
import { t } from '../text.ts';
import { Button, Dialog } from '../../../ui/index.ts';
import { rewoundRows } from './rewound-rows.ts';

export interface RewindDialogProps {
  readonly sessionId: SessionId;
  readonly itemId: ItemId;
  /** `edit`: the message returns to the composer. `again`: it is sent again. */
  readonly purpose: 'rewind' | 'edit' | { readonly again: UserItem };
  readonly onClose: () => void;
}

const TITLES = { rewind: 'session.rewindTitle', edit: 'session.editTitle', again: 'session.againTitle' } as const;
const CONFIRMS = { rewind: 'session.rewind', edit: 'session.editAndResend', again: 'session.tryAgain' } as const;

/** Shows what a rewind removes and what it keeps, before it happens. */
export function RewindDialog({ sessionId, itemId, purpose, onClose }: RewindDialogProps) {
  const { host } = useStores();
  const session = useSessionSummary(sessionId);
  const { rewindSession, branchSession, prompt } = useActions();
  const again = typeof purpose === 'object' ? purpose.again : undefined;
  // Only its text can be sent again from here; the rest the user attaches again.
  const edit = purpose === 'edit' || (again !== undefined && (again.attachments !== undefined || again.omittedChars !== undefined));
  const text = edit ? 'edit' : again === undefined ? 'rewind' : 'again';
  const focusComposer = useUi((ui) => ui.focusComposer);
  const [working, setWorking] = useState(false);
  const [files, setFiles] = useState(false);
  /** After the rewind, the message that opened the dialog is gone, so the focus goes to the composer. */
  const isDone = useRef(false);
  const view = host.getState().views[sessionId];
  const act = async (work: () => Promise<boolean>) => {
    setWorking(true);
    isDone.current = true; // the message, and this dialog with it, may be gone before the answer arrives
    const done = await work();
    setWorking(false);
    isDone.current = done;
    if (done) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t(TITLES[text])}
      widthPx={480}
      onCloseFocus={() => {
        if (isDone.current) focusComposer();
        return isDone.current;
      }}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button disabled={working || !session} onClick={() => session && act(() => branchSession(session, itemId))}>
            {t('session.branchInstead')}
          </Button>
          <Button
            look={text === 'rewind' ? 'danger' : 'primary'}
            disabled={working}
            onClick={() =>
              act(async () => {
                const isDone = await rewindSession(sessionId, itemId, { edit, files });
                if (isDone && text === 'again' && again !== undefined) void prompt(again.text);
                return isDone;
              })
            }
          >
            {t(CONFIRMS[text])}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2 text-row">
        <p>
          {`${t('session.goesLead')} `}
          <strong className="font-[550]">{view ? t('session.goes', rewoundRows(view, itemId)) : ''}</strong>.
        </p>
        {edit && <p>{t('session.editDetail')}</p>}
        <label className="flex items-start gap-2">
          <input type="checkbox" checked={files} onChange={(event) => setFiles(event.target.checked)} className="mt-[3px] accent-accent" />
          <span>{t('session.filesToo')}</span>
        </label>
        <p className="text-text-2">{files ? t('session.filesGoBack') : t('session.filesStay')}</p>
        <p className="text-text-2">{t('session.fileKeeps')}</p>
      </div>
    </Dialog>
  );
}
