import { useState } from 'react';
import { Button, Dialog } from '../../ui/index.ts';
import { settingsStrings } from './settings-strings.ts';

const text = settingsStrings.provider;

/** Asks once before the entry leaves the settings file. */
export function DeleteProvider({ name, onDelete }: { readonly name: string; readonly onDelete: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button look="quiet" className="ml-auto" onClick={() => setAsking(true)}>
        {text.remove}
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={text.removeTitle(name)}
        description={text.removeDetail}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{text.cancel}</Button>
            <Button
              look="danger"
              onClick={() => {
                setAsking(false);
                onDelete();
              }}
            >
              {text.remove}
            </Button>
          </>
        }
      />
    </>
  );
}
