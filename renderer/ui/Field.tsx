import { type ComponentProps, type ReactNode, useId } from 'react';

export interface FieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string;
  /** A hint below the field. */
  readonly hint?: ReactNode;
  /** What is wrong with the value; replaces the hint and is announced. */
  readonly error?: string | undefined;
  /** A short text at the right end of the field. */
  readonly note?: string;
  readonly mono?: boolean;
  readonly hideLabel?: boolean;
}

/** A labelled text field of 30 px. */
export function Field({ label, hint, error, note, mono = false, hideLabel = false, className = '', ...rest }: FieldProps) {
  const id = useId();
  const below = error ?? hint;
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-row text-text-2'}>
        {label}
      </label>
      <div className="flex h-[30px] items-center gap-2 rounded-md border border-border-strong bg-canvas px-2.5 focus-within:border-accent has-[[aria-invalid=true]]:border-err">
        <input
          id={id}
          className={`min-w-0 flex-1 bg-transparent outline-none ${mono ? 'font-mono text-code' : 'text-row'}`}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={error !== undefined}
          {...(below === undefined ? {} : { 'aria-describedby': `${id}-below` })}
          {...rest}
        />
        {note !== undefined && <span className="text-meta text-text-3">{note}</span>}
      </div>
      {below !== undefined && (
        <p
          id={`${id}-below`}
          className={`text-meta ${error === undefined ? 'text-text-3' : 'text-err'}`}
          {...(error === undefined ? {} : { role: 'alert' })}
        >
          {below}
        </p>
      )}
    </div>
  );
}
