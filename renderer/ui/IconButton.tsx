import type { ComponentProps, ReactNode } from 'react';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'type' | 'aria-label'> {
  /** The accessible name, and the tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
  /** Shown in the tooltip, like "Ctrl J". */
  readonly keys?: string;
  readonly look?: 'quiet' | 'primary';
}

/** A square icon button of 28 px. */
export function IconButton({ label, icon, keys, look = 'quiet', className = '', ...rest }: IconButtonProps) {
  const colours = look === 'primary' ? 'bg-accent text-accent-ink hover:bg-accent-hover' : 'text-text-2 hover:bg-wash-2 hover:text-text-1';
  return (
    <Tooltip label={label} {...(keys === undefined ? {} : { keys })}>
      <button
        type="button"
        aria-label={label}
        className={`grid size-7 shrink-0 place-items-center rounded-md transition-colors duration-100 disabled:pointer-events-none disabled:opacity-45 ${colours} ${className}`}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
