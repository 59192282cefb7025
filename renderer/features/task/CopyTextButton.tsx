import { useEffect, useState } from 'react';
import { Button } from '../../ui/index.ts';
import { taskStrings } from './task-strings.ts';

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
  return (
    <Button look="quiet" onClick={copy}>
      {copied ? taskStrings.panel.copied : label}
    </Button>
  );
}
