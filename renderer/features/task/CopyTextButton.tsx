import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../ui/index.ts';
import { taskStrings } from './task-strings.ts';

/** In a narrow panel a button shows its icon instead of its word, so that the command beside it can be read. */
export const NARROW_BUTTON = '@max-[380px]:px-1.5';
export const ONLY_NARROW = '@min-[380px]:hidden';
export const ONLY_WIDE = '@max-[380px]:sr-only';

/** How long "Copied" stands. Unit: ms. */
const CONFIRM_MS = 1500;

export interface CopyTextButtonProps {
  readonly label: string;
  /** Asked at the click: a terminal's text is not kept anywhere else. */
  readonly read: () => string;
}

/** A button with a word, which copies what `read` gives. */
export function CopyTextButton({ label, read }: CopyTextButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    // Refused by the browser: the button keeps its word, so nothing is claimed.
    navigator.clipboard.writeText(read()).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  const Icon = copied ? Check : Copy;
  return (
    <Button look="quiet" className={NARROW_BUTTON} onClick={copy}>
      <Icon size={14} strokeWidth={1.6} className={ONLY_NARROW} aria-hidden />
      <span className={ONLY_WIDE}>{copied ? taskStrings.panel.copied : label}</span>
    </Button>
  );
}
