import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useState } from 'react';
import { Field, IconButton } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

export interface FindBarProps {
  readonly found: { readonly index: number; readonly count: number };
  readonly onFind: (wanted: string, direction: 'next' | 'previous') => void;
  readonly onClose: () => void;
}

/** Search in a terminal: Enter finds the next match, Shift+Enter the previous one, Escape closes. */
export function FindBar({ found, onFind, onClose }: FindBarProps) {
  const [wanted, setWanted] = useState('');
  const find = (direction: 'next' | 'previous') => {
    if (wanted !== '') onFind(wanted, direction);
  };
  return (
    <search className="flex items-center gap-1 border-t border-border px-2 py-1">
      <Field
        className="flex-1"
        label={t('task.panel.findLabel')}
        hideLabel
        mono
        autoFocus
        value={wanted}
        note={wanted === '' ? '' : foundText(found)}
        onChange={(event) => setWanted(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(event.shiftKey ? 'previous' : 'next');
          if (event.key !== 'Escape') return;
          event.stopPropagation(); // Escape elsewhere interrupts the turn
          onClose();
        }}
      />
      <IconButton label={t('task.panel.findPrevious')} icon={<ChevronUp size={15} aria-hidden />} onClick={() => find('previous')} />
      <IconButton label={t('task.panel.findNext')} icon={<ChevronDown size={15} aria-hidden />} onClick={() => find('next')} />
      <IconButton label={t('task.panel.findClose')} icon={<X size={15} aria-hidden />} onClick={onClose} />
    </search>
  );
}

/** `index` is negative if there are too many matches to count them. */
function foundText({ index, count }: { readonly index: number; readonly count: number }): string {
  if (count === 0) return t('task.panel.foundNone');
  return index < 0 ? t('task.panel.foundMany', { count }) : t('task.panel.found', { index: index + 1, count });
}
