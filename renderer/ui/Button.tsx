import type { ComponentProps, ReactNode } from 'react';

export type ButtonLook = 'primary' | 'outline' | 'quiet' | 'danger';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'type'> {
  readonly look?: ButtonLook;
  readonly icon?: ReactNode;
  readonly type?: 'button' | 'submit';
}

const LOOKS: Record<ButtonLook, string> = {
  primary: 'border-transparent bg-accent text-accent-ink font-[550] hover:bg-accent-hover',
  outline: 'border-border-strong bg-raised text-text-1 hover:bg-wash-2',
  quiet: 'border-transparent bg-transparent text-text-2 hover:bg-wash hover:text-text-1',
  danger: 'border-transparent bg-err-tint text-err hover:bg-err-tint hover:border-err/40',
};

/** A push button, 28 px high. */
export function Button({ look = 'outline', icon, children, className = '', type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={`inline-flex h-7 items-center gap-[7px] rounded-md border px-2.5 text-row whitespace-nowrap transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50 ${LOOKS[look]} ${className}`}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}
