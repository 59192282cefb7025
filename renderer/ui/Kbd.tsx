import type { ReactNode } from 'react';

/** A key or a chord, like "Ctrl B". */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return <kbd className="rounded-sm border border-border px-[5px] font-sans text-key text-text-2">{children}</kbd>;
}
