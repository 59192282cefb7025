import { FileText } from 'lucide-react';
import { useState } from 'react';
import { Button, formatBytes } from '../../../ui/index.ts';
import type { MessagePlace } from '../whole-text.ts';
import { FullTextDialog } from './FullTextDialog.tsx';
import { t } from '../text.ts';

export interface LongTextNoteProps extends MessagePlace {
  readonly title: string;
  readonly shownChars: number;
  readonly omittedChars: number;
}

/** Below a message of which only the beginning is shown: how much is shown, and a button for the rest. */
export function LongTextNote({ title, shownChars, omittedChars, ...place }: LongTextNoteProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="mt-1 flex min-h-10 flex-wrap items-center gap-x-2.5 gap-y-1 rounded-lg border border-border bg-wash py-1.5 pr-1.5 pl-3 text-row text-text-2">
      <FileText size={15} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />
      <span className="min-w-0 flex-1">
        {t('longText.shown', { shown: formatBytes(shownChars), total: formatBytes(shownChars + omittedChars) })}
      </span>
      <Button onClick={() => setOpen(true)}>{t('longText.open')}</Button>
      {open && <FullTextDialog title={title} onClose={() => setOpen(false)} {...place} />}
    </div>
  );
}
