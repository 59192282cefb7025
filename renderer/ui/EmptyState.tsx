import type { ReactNode } from 'react';

/** Shown while a view is empty: a sentence, and what to do. */
export function EmptyState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <p className="font-[550] text-text-1">{title}</p>
      {children !== undefined && <div className="max-w-[44ch] text-row text-text-2">{children}</div>}
    </div>
  );
}
