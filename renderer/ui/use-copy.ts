import { useEffect, useState } from 'react';

/** How long a copy is confirmed. Unit: ms. */
const CONFIRM_MS = 1500;

/** Copies to the clipboard; `copied` is true for a moment after success. */
export function useCopy(): { readonly copied: boolean; readonly copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string) => {
    // Without the permission nothing is copied and nothing is confirmed.
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return { copied, copy };
}
