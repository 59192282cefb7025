import { useEffect, useEffectEvent } from 'react';

/** Calls `onClose` at Escape, unless a text field, a dialog or a menu uses the key. Undefined: Escape does nothing. */
export function useEscape(onClose: (() => void) | undefined): void {
  const close = useEffectEvent((event: KeyboardEvent) => {
    const inField = event.target instanceof HTMLInputElement && event.target.type !== 'radio' && event.target.type !== 'checkbox';
    const inOverlay = document.querySelector('[role="dialog"], [role="menu"]') !== null;
    if (event.key === 'Escape' && !event.defaultPrevented && !inField && !inOverlay) onClose?.();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => close(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}
