import { Check, Copy } from 'lucide-react';
import { Button, useCopy } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

/** In a narrow panel a button shows its icon instead of its label, so that the command beside it can be read. */
export const NARROW_BUTTON = '@max-[380px]:px-1.5';
export const ONLY_NARROW = '@min-[380px]:hidden';
export const ONLY_WIDE = '@max-[380px]:sr-only';

export interface CopyTextButtonProps {
  readonly label: string;
  /** Called on click: the text of a terminal is not kept anywhere else. */
  readonly read: () => string;
}

/** A button with a label that copies the result of `read`. */
export function CopyTextButton({ label, read }: CopyTextButtonProps) {
  const { copied, copy } = useCopy();
  const Icon = copied ? Check : Copy;
  return (
    <Button look="quiet" className={NARROW_BUTTON} onClick={() => copy(read())}>
      <Icon size={14} strokeWidth={1.6} className={ONLY_NARROW} aria-hidden />
      <span className={ONLY_WIDE}>{copied ? t('common.copied') : label}</span>
    </Button>
  );
}
