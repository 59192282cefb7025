import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './IconButton.tsx';
import { t } from '../i18n.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** One sentence below the title; announced with it. */
  readonly description?: string;
  readonly children?: ReactNode;
  /** Buttons, the primary one last. */
  readonly footer?: ReactNode;
  readonly widthPx?: number;
  /** False for a question that needs an answer: no close button, and neither Escape nor a click outside closes it. */
  readonly dismissable?: boolean;
  /** Moves the focus to another place than before; called after the dialog has closed. False: the focus returns. */
  readonly onCloseFocus?: () => boolean;
}

/** A modal dialog: traps the focus and restores it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  widthPx = 480,
  dismissable = true,
  onCloseFocus,
}: DialogProps) {
  const hold = (event: Event) => {
    if (!dismissable) event.preventDefault();
  };
  /** A toast may report an error of this dialog: dismissing the toast must not close the dialog. */
  const holdOutside = (event: CustomEvent<{ readonly originalEvent: Event }>) => {
    const { target } = event.detail.originalEvent;
    if (!dismissable || (target instanceof Element && target.closest('[data-notices]') !== null)) event.preventDefault();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay data-scrim className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={(event) => {
            if (onCloseFocus?.() === true) event.preventDefault();
          }}
          onEscapeKeyDown={hold}
          onInteractOutside={holdOutside}
          style={{ width: `min(${widthPx}px, calc(100vw - 32px))` }}
          className="fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100vh-64px)] -translate-x-1/2 -translate-y-1/2 animate-fade-in flex-col rounded-xl border border-border-strong bg-raised shadow-overlay outline-none"
        >
          <div className="flex items-start gap-3 px-5 pt-4">
            <Radix.Title className="flex-1 text-[16px] leading-6 font-semibold">{title}</Radix.Title>
            {dismissable && (
              <Radix.Close asChild>
                <IconButton label={t('common.close')} data-close icon={<X size={15} aria-hidden />} className="-mr-2" />
              </Radix.Close>
            )}
          </div>
          {description !== undefined && <Radix.Description className="px-5 pt-1 text-text-2">{description}</Radix.Description>}
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer !== undefined && <div className="flex justify-end gap-2 border-t border-border px-5 py-3">{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/**
 * The first field, else the dialog itself, because closing is rarely what the user wants first. A question without a close
 * button keeps its first button.
 */
function focusFirstField(event: Event): void {
  const content = event.target;
  if (!(content instanceof HTMLElement)) return;
  const field = content.querySelector<HTMLElement>('input:not([type="radio"]), textarea, [data-autofocus]');
  const target = field ?? (content.querySelector('[data-close]') ? content : undefined);
  if (!target) return;
  event.preventDefault();
  target.focus();
}
