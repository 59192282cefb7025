import type { ReactNode } from 'react';

/** A label at the left of its field. The field has its own accessible label. */
export function FormRow({ label, children }: { readonly label?: string; readonly children: ReactNode }) {
  return (
    <div className="grid grid-cols-[120px_minmax(0,1fr)] items-start gap-x-4">
      <span aria-hidden className="pt-[5px] text-row text-text-2">
        {label}
      </span>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
