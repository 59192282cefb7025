import { Check, Copy } from 'lucide-react';
import { IconButton } from './IconButton.tsx';
import { t } from '../i18n.ts';
import { useCopy } from './use-copy.ts';

/** Copies a text to the clipboard and confirms it. */
export function CopyButton({
  text,
  label = t('common.copy'),
  className = '',
}: {
  readonly text: string;
  readonly label?: string;
  readonly className?: string;
}) {
  const { copied, copy } = useCopy();
  return (
    <IconButton
      label={copied ? t('common.copied') : label}
      icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      className={className}
      onClick={() => copy(text)}
    />
  );
}
