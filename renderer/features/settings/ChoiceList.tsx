import { useId } from 'react';

export interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
  readonly detail?: string;
}

export interface ChoiceListProps<T extends string> {
  readonly legend: string;
  readonly value: T | undefined;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
}

/** A choice of a few options, each with a sentence that describes it. */
export function ChoiceList<T extends string>({ legend, value, choices, onChange }: ChoiceListProps<T>) {
  const name = useId();
  return (
    <fieldset className="divide-y divide-border rounded-lg border border-border bg-panel">
      <legend className="sr-only">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="flex min-h-11 items-center gap-3 px-3.5 py-2 hover:bg-wash">
          <input
            type="radio"
            name={name}
            className="size-4 shrink-0 accent-accent"
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            aria-describedby={choice.detail === undefined ? undefined : `${name}-${choice.value}`}
          />
          <span className="min-w-0">
            {choice.name}
            {choice.detail !== undefined && (
              <span id={`${name}-${choice.value}`} className="block text-meta text-text-3">
                {choice.detail}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
