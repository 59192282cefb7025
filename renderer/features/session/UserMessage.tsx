import { useState } from 'react';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/index.ts';

/** A longer prompt is folded to its beginning. */
const FOLD_LINES = 14;

/** What the user asked: a quiet raised block. */
export function UserMessage({ text }: { readonly text: string }) {
  const [open, setOpen] = useState(false);
  const lines = text.split('\n');
  const folds = lines.length > FOLD_LINES + 2;
  const shown = folds && !open ? lines.slice(0, FOLD_LINES).join('\n') : text;
  return (
    <div className="rounded-lg border border-border bg-raised px-3.5 py-2.5">
      <h2 className="sr-only">{strings.transcript.you}</h2>
      <p className="break-words whitespace-pre-wrap">{shown}</p>
      {folds && (
        <Button look="quiet" className="mt-1 -ml-2.5" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? strings.transcript.showLess : strings.transcript.showAllLines(lines.length)}
        </Button>
      )}
    </div>
  );
}
