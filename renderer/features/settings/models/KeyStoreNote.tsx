import { useState } from 'react';
import { Button, Dialog } from '../../../ui/index.ts';
import { t } from '../text.ts';
import type { KeyStore } from './use-key-store.ts';

/**
 * Without a keyring: explains that, and offers the file only after explicit consent. With a locked one: offers to unlock it. With
 * keys in the file although there is a keyring: offers to move them.
 */
export function KeyStoreNote({ store: { state, isBusy, allowFile, probeAgain, moveToKeyring } }: { readonly store: KeyStore }) {
  const [isAsking, setAsking] = useState(false);
  if (state === undefined) return null;
  if (state.keyring === 'available') {
    const count = state.fileKeys ?? 0;
    if (count === 0) return null;
    return (
      <div className="mt-2 flex items-center gap-3 rounded-md border border-border px-2.5 py-2 text-row">
        <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">{t('settings.keyStore.inFile', { count, path: state.filePath })}</p>
        <Button disabled={isBusy} onClick={moveToKeyring}>
          {t('settings.keyStore.move')}
        </Button>
      </div>
    );
  }
  const isLocked = state.keyring === 'locked';
  return (
    <div className={`mt-2 rounded-md border px-2.5 py-2 text-row ${state.fileAllowed ? 'border-border' : 'border-warn/40 bg-warn-tint'}`}>
      {isLocked ? (
        <div className="flex items-center gap-3">
          <p className="min-w-0 flex-1">{t('settings.keyStore.locked')}</p>
          <Button disabled={isBusy} onClick={probeAgain}>
            {t('settings.keyStore.unlock')}
          </Button>
        </div>
      ) : (
        <p>{t('settings.keyStore.missing')}</p>
      )}
      {state.keyringDetail !== undefined && <p className="text-meta text-text-2">{state.keyringDetail}</p>}
      <p className="mt-1 text-text-2">{state.fileAllowed ? t('settings.keyStore.consented') : t('settings.keyStore.remedy')}</p>
      <label className="mt-1 flex items-start gap-2">
        <input
          type="checkbox"
          className="mt-0.5 size-4 shrink-0 accent-accent"
          checked={state.fileAllowed}
          // Without the consent the file is deleted, and there is no other copy of its keys.
          onChange={(event) => (event.target.checked ? allowFile(true) : setAsking(true))}
        />
        <span className="[overflow-wrap:anywhere]">{t('settings.keyStore.consent', { path: state.filePath })}</span>
      </label>
      <WithdrawDialog
        path={state.filePath}
        open={isAsking}
        onClose={() => setAsking(false)}
        onWithdraw={() => {
          setAsking(false);
          allowFile(false);
        }}
      />
    </div>
  );
}

interface WithdrawDialogProps {
  readonly path: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onWithdraw: () => void;
}

/** The safe choice has the focus. */
function WithdrawDialog({ path, open, onClose, onWithdraw }: WithdrawDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onClose}
      title={t('settings.keyStore.withdrawTitle')}
      description={t('settings.keyStore.withdrawDetail', { path })}
      footer={
        <>
          <Button look="quiet" data-autofocus onClick={onClose}>
            {t('settings.keyStore.keep')}
          </Button>
          <Button look="danger" onClick={onWithdraw}>
            {t('settings.keyStore.withdraw')}
          </Button>
        </>
      }
    />
  );
}
