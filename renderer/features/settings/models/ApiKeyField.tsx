import { type RefObject, useState } from 'react';
import type { KeyState } from '../../../../preload/contract/index.ts';
import { Field } from '../../../ui/index.ts';
import { t } from '../text.ts';

export interface ApiKeyFieldProps {
  /**
   * The field itself, and the only place with the text: not React state, which would write it into the value attribute. The
   * reader clears the field (`takeKey`).
   */
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly keyState: KeyState | undefined;
  readonly autoFocus: boolean;
  readonly onTyped: (hasText: boolean) => void;
  readonly onSubmit: () => void;
}

/** A key can be entered but never read again: of a saved key only the last four characters are shown. */
export function ApiKeyField({ inputRef, keyState, autoFocus, onTyped, onSubmit }: ApiKeyFieldProps) {
  const [typed, setTyped] = useState(false);
  const held = keyState?.last4;
  return (
    <Field
      ref={inputRef}
      label={t('settings.provider.apiKey')}
      hideLabel
      mono
      type="password"
      autoComplete="off"
      data-1p-ignore
      data-lpignore="true"
      autoFocus={autoFocus}
      maxLength={10_000}
      placeholder={held === undefined ? t('settings.key.placeholder') : t('settings.key.replace')}
      note={held === undefined || typed ? '' : t('settings.key.endsIn', { last4: held })}
      onChange={(event) => {
        setTyped(event.target.value !== '');
        onTyped(event.target.value !== '');
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onSubmit();
      }}
    />
  );
}

/** Reads the key and clears the field in the same step, so that a submitted key does not stay in the page. */
export function takeKey(input: HTMLInputElement | null): string {
  const key = input?.value.trim() ?? '';
  if (input !== null) input.value = '';
  return key;
}
