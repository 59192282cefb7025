import { useId } from 'react';
import type { OnTouched, UndoProblem } from '../../../preload/contract/index.ts';
import { Button } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

export interface UndoQuestionProps {
  readonly problems: readonly UndoProblem[];
  readonly onAnswer: (how: OnTouched) => void;
  readonly onCancel: () => void;
}

/** Shown before anything is undone: files have changed since, or cannot be restored. */
export function UndoQuestion({ problems, onAnswer, onCancel }: UndoQuestionProps) {
  const title = useId();
  return (
    <section
      role="alertdialog"
      aria-labelledby={title}
      className="flex flex-col gap-2 rounded-md border border-warn/55 bg-[linear-gradient(var(--warn-tint),var(--warn-tint))] px-2.5 py-2 text-row"
    >
      <p id={title} className="font-[550]">
        {t('changes.question')}
      </p>
      <ul className="flex max-h-40 flex-col gap-1 overflow-y-auto text-text-2">
        {problems.map((problem) => (
          <li key={problem.path} className="wrap-anywhere">
            {problem.message}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-1.5">
        <Button onClick={() => onAnswer('leave')}>{t('changes.leave')}</Button>
        {problems.some(({ why }) => why === 'touched') && (
          <Button look="danger" onClick={() => onAnswer('overwrite')}>
            {t('changes.overwrite')}
          </Button>
        )}
        <Button look="quiet" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
    </section>
  );
}
