import { Menu } from 'lucide-react';
import { useEffect, useEffectEvent, useRef } from 'react';
import { errorText, useClient, useUi } from '../../stores/index.ts';
import { withMessages } from '../../i18n.ts';
import { menu } from '../../locales/en/menu.ts';
import { IconButton } from '../../ui/index.ts';

const t = withMessages({ menu });

/** Opens the window's menu, which the system draws, below this button. So does the Alt key, pressed and released alone. */
export function MenuButton() {
  const client = useClient();
  const raiseToast = useUi((ui) => ui.raiseToast);
  const button = useRef<HTMLButtonElement>(null);
  const open = () => {
    const { left = 0, bottom = 0 } = button.current?.getBoundingClientRect() ?? {};
    const at = { x: Math.round(left), y: Math.round(bottom) };
    client.request('app.openMenu', at).catch((error: unknown) => raiseToast('error', errorText(error)));
  };
  useAltKey(open);
  useDimmedButtons((dimmed) => void client.request('app.dimTitleBar', { dimmed }).catch(() => undefined)); // only a colour
  return (
    <IconButton
      ref={button}
      label={t('menu.open')}
      keys="Alt"
      aria-haspopup="menu"
      icon={<Menu size={16} strokeWidth={1.6} aria-hidden />}
      className="no-drag"
      onClick={open}
    />
  );
}

/** Calls `onAlt` when the key is released, if no other key and no button of the mouse was pressed meanwhile. */
function useAltKey(onAlt: () => void): void {
  const release = useEffectEvent(onAlt);
  useEffect(() => {
    let isAlone = false;
    const down = (event: KeyboardEvent) => (isAlone = event.key === 'Alt' && !event.ctrlKey && !event.shiftKey && !event.metaKey);
    const up = (event: KeyboardEvent) => {
      if (event.key === 'Alt' && isAlone) release();
      isAlone = false;
    };
    const end = () => (isAlone = false);
    const options = { capture: true };
    window.addEventListener('keydown', down, options);
    window.addEventListener('keyup', up, options);
    window.addEventListener('pointerdown', end, options);
    window.addEventListener('wheel', end, { ...options, passive: true });
    window.addEventListener('blur', end);
    return () => {
      window.removeEventListener('keydown', down, options);
      window.removeEventListener('keyup', up, options);
      window.removeEventListener('pointerdown', end, options);
      window.removeEventListener('wheel', end, options);
      window.removeEventListener('blur', end);
    };
  }, []);
}

/** Reports when the page becomes dark behind a dialog, and when it no longer is: the system draws the window's buttons itself. */
function useDimmedButtons(onChange: (dimmed: boolean) => void): void {
  const report = useEffectEvent(onChange);
  useEffect(() => {
    let was = false;
    const look = () => {
      const is = document.querySelector('[data-scrim]') !== null;
      if (is !== was) report(is);
      was = is;
    };
    look();
    const observer = new MutationObserver(look); // dialogs are children of the body
    observer.observe(document.body, { childList: true });
    return () => observer.disconnect();
  }, []);
}
