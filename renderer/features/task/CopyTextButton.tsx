import { Check, Copy } from 'lucide-react';
import { Button, useCopy } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

/** In a narrow panel a button shows its icon instead of its word, so that the command beside it can be read. */
export const NARROW_BUTTON = '@max-[380px]:px-1.5';
export const ONLY_NARROW = '@min-[380px]:hidden';
export const ONLY_WIDE = '@max-[380px]:sr-only';

export interface CopyTextButtonProps {
  readonly label: string;
  /** Asked at the click: a terminal's text is not kept anywhere else. */
  readonly read: () => string;
}

/** A button with a word, which copies what `read` gives. */
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
