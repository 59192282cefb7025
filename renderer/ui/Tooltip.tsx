import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { Kbd } from './Kbd.tsx';

export interface TooltipProps {
  readonly label: string;
  readonly keys?: string;
  readonly children: ReactElement;
}

/** Needs a `TooltipProvider` above. The label repeats the trigger's name, so it is hidden from screen readers. */
export function Tooltip({ label, keys, children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          aria-hidden
          className="z-50 flex items-center gap-2 rounded-md border border-border bg-raised px-2 py-1 text-meta text-text-1 shadow-overlay select-none"
        >
          {label}
          {keys !== undefined && <Kbd>{keys}</Kbd>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = Radix.Provider;
