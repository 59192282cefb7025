import { Check, Copy } from 'lucide-react';
import { IconButton } from './IconButton.tsx';
import { uiStrings } from './ui-strings.ts';
import { useCopy } from './use-copy.ts';

/** Copies a text to the clipboard and says so. */
export function CopyButton({
  text,
  label = uiStrings.copy,
  className = '',
}: {
  readonly text: string;
  readonly label?: string;
  readonly className?: string;
}) {
  const { copied, copy } = useCopy();
  return (
    <IconButton
      label={copied ? uiStrings.copied : label}
      icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      className={className}
      onClick={() => copy(text)}
    />
  );
}
