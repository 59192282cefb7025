import { CircleAlert, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { IconButton } from '../../ui/index.ts';

/**
 * Errors that belong to no session. A toast stays until it is dismissed, because an error that fades may not have been read.
 * Toasts are above dialogs, since a button of the dialog may have failed; `aria-live` keeps a dialog from hiding them from
 * screen readers, and `off` limits announcements to the alerts inside. `children` are shown below: notices from other features.
 */
export function Toasts({ children }: { readonly children?: ReactNode }) {
  const toasts = useUi((ui) => ui.toasts);
  const dismiss = useUi((ui) => ui.dismissToast);
  return (
    <div
      role="region"
      aria-label={t('frame.notices')}
      aria-live="off"
      data-notices
      className="pointer-events-none fixed right-3 bottom-9 z-50 flex w-[min(400px,calc(100vw-24px))] flex-col gap-2"
    >
      {toasts.map((toast) => (
        <div
          key={toast.id}
          role="alert"
          className="pointer-events-auto flex animate-fade-in items-start gap-2.5 rounded-lg border border-border-strong bg-raised py-2 pr-1.5 pl-3 text-row shadow-overlay"
        >
          {toast.level === 'error' ? (
            <CircleAlert size={15} strokeWidth={1.6} aria-hidden className="mt-[2.5px] shrink-0 text-err" />
          ) : (
            <TriangleAlert size={15} strokeWidth={1.6} aria-hidden className="mt-[2.5px] shrink-0 text-warn" />
          )}
          <p className="max-h-40 min-w-0 flex-1 overflow-y-auto break-words">{toast.text}</p>
          <IconButton label={t('common.dismiss')} icon={<X size={14} aria-hidden />} className="-my-1" onClick={() => dismiss(toast.id)} />
        </div>
      ))}
      {children}
    </div>
  );
}
