import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './IconButton.tsx';
import { uiStrings } from './ui-strings.ts';

/** How long the tick stands after a copy. Unit: ms. */
const CONFIRM_MS = 1500;

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
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      label={copied ? uiStrings.copied : label}
      icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      className={className}
      onClick={() => {
        // Without the permission nothing is copied, and the button keeps its name.
        navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    />
  );
}
