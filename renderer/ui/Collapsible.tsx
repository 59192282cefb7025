import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

export interface CollapsibleProps {
  readonly open: boolean;
  readonly onToggle: () => void;
  /** The row that is always shown; it is the button. */
  readonly summary: ReactNode;
  readonly children: ReactNode;
}

/** A 32 px row that opens what is below it. */
export function Collapsible({ open, onToggle, summary, children }: CollapsibleProps) {
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="group flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-left text-row text-text-2 hover:bg-wash"
      >
        {summary}
        <ChevronRight
          size={14}
          aria-hidden
          className={`shrink-0 text-text-3 opacity-0 transition-[rotate,opacity] duration-150 group-hover:opacity-100 group-focus-visible:opacity-100 ${open ? 'rotate-90 opacity-100' : ''}`}
        />
      </button>
      {open && children}
    </div>
  );
}
