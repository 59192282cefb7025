import { Button } from '../../../ui/index.ts';
import { t } from '../../../i18n.ts';

export interface ApprovalCardNoteProps {
  readonly note: string;
  readonly onChange: (note: string) => void;
  readonly onCancel: () => void;
  readonly onSend: () => void;
}

/** A note to the agent that is sent with a denial. */
export function ApprovalCardNote({ note, onChange, onCancel, onSend }: ApprovalCardNoteProps) {
  return (
    <form
      className="flex items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <input
        // The user has just opened this field, so it may take the focus.
        ref={(element) => element?.focus()}
        value={note}
        maxLength={4000}
        aria-label={t('approval.note')}
        placeholder={t('approval.notePlaceholder')}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          // Discards the note, and must not interrupt the turn as well.
          event.stopPropagation();
          onCancel();
        }}
        className="h-7 min-w-0 flex-1 rounded-md border border-border-strong bg-canvas px-2.5 text-row outline-none focus:border-accent"
      />
      <Button type="submit" look="danger">
        {t('approval.deny')}
      </Button>
      <Button look="quiet" onClick={onCancel}>
        {t('common.back')}
      </Button>
    </form>
  );
}
