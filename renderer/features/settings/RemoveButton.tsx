import { useState } from 'react';
import { Button, Dialog } from '../../ui/index.ts';
import { t } from './text.ts';

export interface RemoveButtonProps {
  readonly label: string;
  /** The accessible name, if several buttons have the same label. */
  readonly name?: string;
  readonly title: string;
  readonly detail: string;
  readonly className?: string;
  readonly onRemove: () => void;
}

/** Asks once before an entry is removed from the settings file. */
export function RemoveButton({ label, name, title, detail, className, onRemove }: RemoveButtonProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        look="quiet"
        {...(name === undefined ? {} : { 'aria-label': name })}
        {...(className === undefined ? {} : { className })}
        onClick={() => setAsking(true)}
      >
        {label}
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={title}
        description={detail}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
            <Button
              look="danger"
              onClick={() => {
                setAsking(false);
                onRemove();
              }}
            >
              {label}
            </Button>
          </>
        }
      />
    </>
  );
}
