import { Bell, BellOff, BellRing } from 'lucide-react';
import { useHost, useUi } from '../../stores/index.ts';
import { IconButton } from '../../ui/index.ts';
import { type NotificationState, setNotifications, useNotificationState } from './notification-preference.ts';
import { t } from '../../i18n.ts';

/** In a browser: turns notifications about ended commands on and off. The first click requests the browser's permission. */
export function NotifyBell({ className = '' }: { readonly className?: string }) {
  const state = useNotificationState();
  const isBrowser = useHost((host) => host.app?.host === 'server');
  const announce = useUi((ui) => ui.announce);
  const raiseToast = useUi((ui) => ui.raiseToast);
  if (!isBrowser || state === 'unsupported') return null;
  const announceState = (now: NotificationState) => {
    if (now === 'denied') raiseToast('warning', t('task.notification.denied'));
    else announce(now === 'on' ? t('task.notification.nowOn') : t('task.notification.nowOff'));
  };
  const Icon = state === 'on' ? BellRing : state === 'not_asked' ? Bell : BellOff;
  return (
    <IconButton
      label={state === 'on' ? t('task.notification.turnOff') : t('task.notification.turnOn')}
      aria-pressed={state === 'on'}
      icon={<Icon size={14} strokeWidth={1.6} aria-hidden />}
      className={`${state === 'on' ? 'text-run' : ''} ${className}`}
      onClick={() => (state === 'denied' ? announceState(state) : void setNotifications(state !== 'on').then(announceState))}
    />
  );
}
