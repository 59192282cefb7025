import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

export interface CollapsibleProps {
  readonly open: boolean;
  readonly onToggle: () => void;
  /** At the left; replaced by a chevron while the row is hovered or focused. Without it the chevron is at the right. */
  readonly icon?: ReactNode;
  /** The rest of the row that is always visible; the row is the button. */
  readonly summary: ReactNode;
  readonly children: ReactNode;
}

/** A 32 px row that expands its content below. */
export function Collapsible({ open, onToggle, icon, summary, children }: CollapsibleProps) {
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="group flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-left text-row text-text-2 hover:bg-wash"
      >
        {icon !== undefined && (
          <span className="relative grid shrink-0 place-items-center">
            <span className="transition-opacity duration-100 group-hover:opacity-0 group-focus-visible:opacity-0">{icon}</span>
            <Chevron open={open} className="absolute" />
          </span>
        )}
        {summary}
        {icon === undefined && <Chevron open={open} />}
      </button>
      {open && children}
    </div>
  );
}

function Chevron({ open, className = '' }: { readonly open: boolean; readonly className?: string }) {
  return (
    <ChevronRight
      size={15}
      aria-hidden
      className={`shrink-0 text-text-3 opacity-0 transition-[rotate,opacity] duration-100 group-hover:opacity-100 group-focus-visible:opacity-100 ${open ? 'rotate-90' : ''} ${className}`}
    />
  );
}
