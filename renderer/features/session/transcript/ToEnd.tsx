import { ArrowDown } from 'lucide-react';
import { useState } from 'react';
import type { SessionId } from '../../../../preload/contract/index.ts';
import { type SessionView, useView } from '../../../stores/index.ts';
import { t } from '../../../i18n.ts';
import { Button, IconButton } from '../../../ui/index.ts';

/** Scrolls to the end of the transcript; shows when there is new output. Mounted while the reader is not at the end. */
export function ToEnd({ sessionId, onClick }: { readonly sessionId: SessionId; readonly onClick: () => void }) {
  const end = useView(sessionId, endOf, '');
  const [endWhenLeft] = useState(end);
  const place = 'animate-fade-in';
  if (end === endWhenLeft) {
    return (
      <IconButton
        label={t('transcript.toEnd')}
        icon={<ArrowDown size={14} aria-hidden />}
        className={`${place} border border-border-strong bg-raised`}
        onClick={onClick}
      />
    );
  }
  return (
    <Button className={place} icon={<ArrowDown size={14} aria-hidden />} onClick={onClick}>
      {t('transcript.newOutput')}
    </Button>
  );
}

/** Changes when something was added at the end. */
function endOf(view: SessionView): string {
  const lastId = view.order.at(-1);
  const last = lastId === undefined ? undefined : view.items[lastId];
  return `${lastId} ${last?.kind === 'assistant' ? last.text.length + last.thinking.length : ''}`;
}
